"""Words that carry nothing which the rest of a sentence does not."""

from __future__ import annotations

from typing import Final

from datalens_core.llm.offline.lexicon.tables import words

# Passed over: they carry nothing that the rest of the sentence does not.
STOPWORDS: Final = words(
    "a an the of in on at to for from with within into as is are was were be been being am do does"
    " did done has have had having can could would may might please kindly me my mine our us we i"
    " you your it its it's they them their this that these those there here what what's whats how"
    " show shows showing shown give gives given tell display present provide create make made draw"
    " plot plots plotted chart charts graph graphs visual visualise visualize visualisation"
    " visualization figure diagram find get want need like see know look looks looking let let's"
    " lets calculate compute determine work out report return answer question data dataset datasets"
    " table file set sheet spreadsheet csv value values just also then so if any some all both"
    " where whose who when time-wise respectively itself only using use used based terms term"
    " between regarding concerning about analysis analyse analyze analyzing whole entire full"
    " hi-res vary varies varied differ differs different which hello-there according go goes went"
    " gone ranked rank sorted sort order ordered ordering descending sorting ranking quick quickly"
    " simple nice exist exists available contain contains containing recorded record appear appears"
    " appearing happen happened occur occurs occurred come came coming kind help would've i'd i'm"
    " ok okay thanks thank now overall single respective corresponding along together per-row by"
    " will-be it'll should-be than more such much many long stand stands amount up down one's each"
    " per against during while throughout including include includes during grouped group over"
    " win wins won winning get gets got gotten reach reached receive received hold holds held"
    " see saw seen live lives lived living leave leaves left pay pays paid spend spends spent earn"
    " earns earned ever always typically generally usually world worldwide global globally become"
    " became tend tends instead same historically currently actually exactly really roughly"
    " bigger larger greater higher lower smaller shorter again compute run please"
    " lie lies belong belongs own owned be's ? . ! : ; , \" ' ( ) - – — / & and or among"
)

# Names that are other words in small letters: the country, the department.
CAPITALS: Final = frozenset({"US", "IT"})

# Nouns that add nothing beside a column ("the GOOG price", "tip values") and mean nothing alone.
SOFT_NOUNS: Final = words(
    "value values number numbers level levels price prices score scores size sizes amount amounts"
    " figure figures medal medals vote votes unit units point points category categories rate"
    " rates measurement measurements reading readings type types cost costs count counts dollars"
    " dollar usd euros euro eur $ € £ % percent degrees years year-old lbs kg pounds mph km miles"
    " celsius fahrenheit group groups total data variable variables column columns"
    " field fields feature features class classes name names series attribute attributes result"
    " results metric metrics range mm cm"
)

# Verbs of what a row tells; passed over where no column and no value has them.
VERBS: Final = words(
    "take takes took taken work works worked working build builds built produce produces produced"
    " sell sells sold buy buys bought use uses used start starts started begin began join joined"
    " come comes bring brings brought generate generates generated leave leaves left earn earns"
    " employ employs employed hire hired carry carries offer offers serve serves served fall falls"
    " fell run runs ran cost costs weigh weighs rate rated score scored perform performs performed"
    " operate operates operated supply supplies supplied"
    " provide provides provided consume consumes consumed drink drinks drank eat eats ate"
    " charge charges charged collect collects collected"
)

GREETINGS: Final = words(
    "hi hello hey hiya howdy greetings thanks thank bye goodbye morning evening afternoon yo"
)
