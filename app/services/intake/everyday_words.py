"""Words that people say around their facts: no name begins with them, no matter is told by them."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = word_set(
    "al ap ben bin bint da das de del della den der di do dos du e el ibn la las le los mc "
    "san st ten ter van vom von y zu"
)
TITLES = word_set(
    "dr dr. mr mr. mrs mrs. ms ms. miss mx mx. prof prof. rev rev. hon hon. sir sra sr."
)

NAME_ENDS = word_set(
    "and but or from in at here i i'm im i've ive i'd my with speaking calling living who phone "
    "email e-mail number tel located based writing looking seeking because needing need needs"
)
"""Words behind which a name is over: "Jane Doe from ...", "Jane Doe and I need ..."."""

FUNCTION_WORDS = word_set("""
    a about above after again all also am an any anybody anyone anything are aren't as be because
    been before being between by came can can't cannot come could couldn't did didn't do does
    doesn't doing don't done dont down each either else ever every everyone everything few for get
    gets getting give given go goes going gone got had has hasn't have haven't having he he's her
    hers him his how however if into is isn't it it's its itself just kind let let's like made make
    many maybe me mean might mine more most much must myself neither never no nobody none nope nor
    not nothing now of off on once one only other others our ours out over own perhaps put rather
    said same say says she she's should so some somebody someone something sort still such take
    tell than that that's the their theirs them then there there's these they they're thing things
    think this those though through to too try trying under until up us use very want wanted wants
    was wasn't way we we're we've went were what what's when where which while who's whom whose why
    without won't would wouldn't yet you you're your yours yourself wondering
""")
COURTESIES = word_set("""
    ok okay yes yeah yep yup sure fine alright right thanks thank please pls hello hi hey howdy
    greetings good great morning afternoon evening night day dear sir madam bye goodbye cheers
    welcome sorry excuse pardon correct exactly certainly course absolutely definitely cool nice
    perfect wonderful oh ah um uh hmm hm wow lol
""")
_AROUND_A_MATTER = word_set("""
    help helping assistance assist advice advise support lawyer lawyers attorney attorneys counsel
    solicitor law legal legally question questions issue issues problem problems matter matters
    case cases situation consult consultation consulting appointment meeting service services
    trouble representation represent speak talk discuss chat contact call calling reach need needs
    needed needing looking look seeking seek find ask asking know hope hoping wish wonder
    interested regarding concerning back soon today tomorrow asap urgent urgently emergency
    immediately quickly fast possible first full name names city state country number phone email
    mail address location information info details detail private personal unsure idea ideas test
    testing start begin hire hiring im i ive id i'd i've i'm i'll and but or from in at here my
    live lives living located location based work free available time quick little bit lot really
    important serious complicated new today's general with who
""")
FILLER = FUNCTION_WORDS | COURTESIES | _AROUND_A_MATTER
"""A text of these alone says nothing about a matter: "Hi, I need help with a legal question"."""

_WHAT_PEOPLE_ARE = word_set("""
    afraid angry anxious busy confused curious currently desperate done happy homeless hurt ill
    late lost pregnant ready recently sad scared sick single stressed stuck tired unable upset
    worried widowed unemployed retired disabled american mexican canadian indian chinese british
    hispanic latino latina black white muslim jewish elderly owed behind short almost already
    spelled misspelled pronounced incorrect wrong hidden secret confidential irrelevant
    act disregard display forget ignore list pretend print repeat reveal show translate write
""")
NOT_FIRST_NAMES = FILLER | _WHAT_PEOPLE_ARE | word_set("they nothing none n/a na")
