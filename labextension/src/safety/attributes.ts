/** The attributes of a figure that may be drawn, generated from plotly's schema. */
export const ATTRIBUTES: ReadonlySet<string> = new Set(
  `
  a a0 aaxis active activebgcolor activecolor activeselection activeshape add align alignmentgroup
  allowoverlap alphahull ambient anchor angle angleref angularaxis annotation annotationdefaults
  annotations args args2 arrangement array arraydtick arrayminus arraytick0 arrowcolor arrowhead
  arrowlen arrowref arrowside arrowsize arrowwidth aspectmode aspectratio atype autobinx autobiny
  autocolorscale autocontour autoexpand automargin autorange autorangeoptions autoshift autosize
  autotickangles autotypenumbers ax axis axref ay ayref b b0 backgroundcolor backoff bandwidth bar
  barcornerradius bargap bargroupgap barmode barnorm barpolar base baseframe baseratio baxis bdata
  bearing below bgcolor bingroup bordercolor borderpad borderwidth bounds box boxgap boxgroupgap
  boxmean boxmode boxpoints branchvalues btype bundlecolors button buttondefaults buttons c calendar
  camera candlestick caps captureevents carpet categoryarray categoryorder cauto caxis cells center
  cheaterslope cheatertype choropleth choroplethmap circle clickanywhere clickmode clicktoshow
  clipmax clipmin cliponaxis close cluster cmax cmid cmin coastlinecolor coastlinewidth color
  coloraxis colorbar coloring colormodel colors colorscale colorscaledefaults colorscales colorway
  column columnorder columns columnwidth computed cone connectgaps connector constrain constraintext
  constraintoward constraintrange contour contourcarpet contours coordinates copy_ystyle copy_zstyle
  cornerradius count countrycolor countrywidth counts cumulative currentbin currentvalue customdata
  da dash data datarevision db decreasing delaunayaxis delta densitymap depthfade diagonal diffuse
  dimension dimensiondefaults dimensions direction displayindex distance diverging dividercolor
  dividerwidth dlabel domain dr dragmode drawdirection dtheta dtick dtickrange dtype duration dvalue
  dx dy easing east edgeshape editable editrevision enabled end endline endlinecolor endlinewidth
  entrywidth entrywidthmode error_x error_y error_z execute exponentformat extendfunnelareacolors
  extendiciclecolors extendpiecolors extendsunburstcolors extendtreemapcolors eye facecolor
  facenormalsepsilon family featureidkey fgcolor fgopacity fill fillcolor fillgradient fillmode
  fillpattern fillrule fitbounds fixedrange flatshading flip font format frame framecolor frames
  framewidth fresnel fromcurrent funnel funnelarea funnelareacolorway funnelgap funnelgroupgap
  funnelmode gauge geo geojson gradient grid gridcolor griddash gridshape gridwidth group groupclick
  groupdoubleclick groupnorm groups grouptitlefont header heatmap height hiddenlabels hidesurface
  high highlight highlightcolor highlightwidth histfunc histnorm histogram histogram2d
  histogram2dcontour hole hoveranywhere hovercolor hoverdistance hoverformat hoverinfo hoverlabel
  hovermode hoveron hoverongaps hoversort hoversubplots hovertemplate hovertemplatefallback
  hovertext i icicle iciclecolorway icon iconsize ids imag image imagedefaults imaginaryaxis include
  increasing indentation indicator insiderange insidetextanchor insidetextfont insidetextorientation
  intensity intensitymode isomax isomin isosurface itemclick itemdoubleclick itemsizing itemwidth j
  jitter k l label label0 labelalias labelangle labelfont labelformat labelpadding labelprefix
  labels labelside labelsuffix lakecolor landcolor lat lataxis layer layerdefaults layers layout
  leaf legend legendgroup legendgrouptitle legendrank legendwidth len lengthfactor lengthmode
  lenmode level lighting lightposition line linecolor lineposition linewidth link locationmode
  locations lon lonaxis low lowerfence map mapbox margin marker matches maxallowed maxdepth
  maxdisplayed maxheight maxscale maxzoom mean meanline measure median mesh3d meta method min
  minallowed minexponent minor minorgridcolor minorgridcount minorgriddash minorgridwidth
  minorloglabels minorticklen minreducedheight minreducedwidth minscale minsize minzoom mirror mode
  modebar modebardisable multiselect name namelength nbinsx nbinsy ncontours newselection newshape
  node north notched notchspan notchwidth nticks number oceancolor offset offsetgroup ohlc opacity
  opacityscale open operation ordering orientation outliercolor outlierwidth outlinecolor
  outlinewidth outsidetextfont overlaying packing pad padding paper_bgcolor parallels parcats
  parcoords parents path pathbar pattern period pie piecolorway pitch placement plot_bgcolor
  pointpos points polar position prefix project projection pull q1 q3 quartilemethod quiver r r0
  radialaxis radius range rangebreak rangebreakdefaults rangebreaks rangefont rangemode
  rangeselector rangeslider real realaxis redraw reference relative remove resolution reversescale
  rivercolor riverwidth roll root rotation roughness row roworder rows sankey scale scaleanchor
  scalegroup scalemode scaleratio scatter scatter3d scattercarpet scattergap scattergeo scattergl
  scattermap scattermode scatterpolar scatterpolargl scattersmith scatterternary scene scope sd
  sdmultiple sector selectdirection selected selectedpoints selection selectiondefaults
  selectionrevision selections separatethousands separators sequential sequentialminus shadow shape
  shapedefaults shapes shift show showactive showarrow showaxeslabels showbackground showcoastlines
  showcountries showdividers showexponent showframe showgrid showlabels showlakes showland
  showlegend showline showlines showlowerhalf showocean showrivers showscale showspikes showsubunits
  showticklabels showtickprefix showticksuffix showupperhalf showwhiskers side simplify size sizemin
  sizemode sizeref sizex sizey sizing slices slider sliderdefaults sliders smith smoothing solidity
  sort sortpaths source sourceattribution sourcelayer sourcetype south spaceframe span spanmode
  specular spikecolor spikedash spikedistance spikemode spikesides spikesnap spikethickness split
  splom squarifyratio stackgaps stackgroup standoff start startarrowhead startarrowsize startline
  startlinecolor startlinewidth starts startstandoff step stepdefaults stepmode steps stop
  streamtube style subplot subplots subtitle subunitcolor subunitwidth suffix sum sunburst
  sunburstcolorway surface surfaceaxis surfacecolor symbol symmetric t table target template
  templateitemname ternary text textangle textcase textfont textinfo textposition texttemplate
  texttemplatefallback theta theta0 thetaunit thickness thicknessmode threshold tick0 tickangle
  tickcolor tickfont tickformat tickformatstop tickformatstopdefaults tickformatstops ticklabelindex
  ticklabelmode ticklabeloverflow ticklabelposition ticklabelshift ticklabelstandoff ticklabelstep
  ticklen tickmode tickprefix ticks tickson ticksuffix ticktext tickvals tickwidth tiling tilt title
  titleclick titledoubleclick totals tracegroupgap traceorder traceref tracerefminus traces
  transition transpose treemap treemapcolorway type u uhoverformat uid uirevision unifiedhovertitle
  uniformtext unselected up updatemenu updatemenudefaults updatemenus upperfence usecolormap v
  valign value valueformat valuehoverformat valueminus values valuesuffix variant vertexcolor
  vertexnormalsepsilon vhoverformat violin violingap violingroupgap violinmode visible volume w
  waterfall waterfallgap waterfallgroupgap waterfallmode weight west whiskerwidth whoverformat width
  x x0 x0shift x1 x1shift xanchor xaxes xaxis xbingroup xbins xcalendar xclick xgap xhoverformat
  xpad xperiod xperiod0 xperiodalignment xref xshift xside xsizemode xtype y y0 y0shift y1 y1shift
  yanchor yaxes yaxis ybingroup ybins ycalendar yclick ygap yhoverformat ypad yperiod yperiod0
  yperiodalignment yref yshift yside ysizemode ytype z zauto zaxis zcalendar zeroline zerolinecolor
  zerolinelayer zerolinewidth zhoverformat zmax zmid zmin zoom zorder zsmooth
`
    .trim()
    .split(/\s+/)
);
