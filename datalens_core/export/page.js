for (const place of document.querySelectorAll('.chart')) {
  const { data, layout, frames } = JSON.parse(
    document.getElementById(place.dataset.figure).textContent
  );
  const config = {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: ''
  };
  Plotly.newPlot(place, { data, layout, frames, config });
}
