"""Areas of practice and the words by which clients and services name them.

An area's name is that of the service which the sample teams offer for it, where they offer one.
"""

from collections.abc import Mapping

from app.services.intake.everyday_words import word_set

GENERAL = "General Consultation"

_PHRASES = {
    "Family Law": """
        family law|family matter|family court|divorce|divorces|divorced|divorcing|separation
        |separated|custody|visitation|parenting time|parenting plan|child support|alimony
        |spousal support|adopt|adoption|adopting|guardianship|paternity|prenup|prenuptial
        |prenuptial agreement|marriage|marital|annulment|domestic violence|domestic abuse
        |restraining order|protective order|husband|wife|spouse|ex-husband|ex-wife|my ex
    """,
    "Small Business and Nonprofits": """
        small business|business law|business formation|start a business|starting a business
        |my business|our business|llc|llcs|nonprofit|nonprofits|non-profit|non-profits|501c3
        |incorporate|incorporation|incorporating|corporation|startup|partnership agreement
        |operating agreement|bylaws|articles of organization|shareholder|franchise|entrepreneur
        |business license|business|not-for-profit
    """,
    "Employment Law": """
        employment|employment law|employment contract|employer|fired|laid off|layoff|terminated
        |termination|wrongful termination|wrongfully terminated|wage|wages|unpaid wages|overtime
        |harassment|harassed|harassing|sexual harassment|workplace|hostile work|discrimination
        |discriminated|retaliation|severance|non-compete|noncompete|my boss|my job|lost my job
        |whistleblower|unemployment|unemployment benefits|paycheck|fmla|labor law|my manager
        |supervisor|coworker
    """,
    "Tenant Rights Law": """
        tenant|tenants|tenancy|tenant rights|landlord|landlords|landlord-tenant|eviction|evict
        |evicted|evicting|evicts|eviction notice|lease|leases|leasing|sublease|rent|rental|renter
        |security deposit|housing|habitability|apartment|mold|lockout|section 8|hoa
    """,
    "Probate and Estate Planning": """
        probate|estate|estates|estate planning|a will|my will|the will|wills|last will|living will
        |his will|her will|their will|testament|inheritance|inherit|inherited|trust fund
        |living trust|a trust|executor|executrix|heir|heirs|power of attorney|beneficiary
        |passed away|intestate
    """,
    "Special Education and IEP Advocacy": """
        special education|special needs|iep|ieps|504 plan|individualized education|school district
        |learning disability|special ed
    """,
    "Criminal Law": """
        criminal|crime|crimes|criminal defense|criminal charge|arrested|arrest|felony|misdemeanor
        |dui|dwi|assault|battery|theft|burglary|robbery|drug charge|drug charges|drugs|bail
        |probation|parole|expunge|expungement|murder|manslaughter|jail|prison|warrant|indicted
        |shoplifting|accused
    """,
    "Traffic Law": "speeding|speeding ticket|traffic|traffic ticket|parking ticket",
    "Immigration Law": """
        immigration|visa|visas|green card|greencard|deportation|deported|deport|asylum|citizenship
        |naturalization|uscis|undocumented|refugee|work permit|daca|h1b|h-1b
    """,
    "Personal Injury": """
        personal injury|injury|injuries|injured|accident|car accident|car crash|slip and fall
        |wreck|malpractice|medical malpractice|wrongful death|dog bite|whiplash|product liability
        |crash|workers compensation|workers comp|worker's comp
    """,
    "Contract Law": "contract|contracts|breach of contract|contract dispute|contractor|breach",
    "Intellectual Property": """
        intellectual property|patent|patents|trademark|trademarks|copyright|copyrights
        |trade secret|plagiarism|infringement
    """,
    "Bankruptcy": "bankruptcy|bankrupt|chapter 7|chapter 11|chapter 13|insolvency|creditors",
    "Consumer Law": """
        debt|debts|debt collector|debt collection|collections|garnishment|credit report|lemon law
        |identity theft|scam|scammed|consumer|warranty|refund|repossession|repossessed
    """,
    "Real Estate": """
        real estate|real property|foreclosure|mortgage|deed|closing on a house|home purchase
        |buying a house|selling a house|property line|easement|zoning|title insurance
        |boundary dispute
    """,
    "Tax Law": "tax|taxes|irs|tax law|tax debt|audit|audited",
    "Civil Rights": "civil rights|police brutality|police misconduct|excessive force|voting rights",
    "Social Security and Disability": """
        social security|ssi|ssdi|disability benefits|disability claim|disability|medicaid|medicare
        |veterans benefits
    """,
    GENERAL: "general consultation|general advice|general counsel",
}
_NAMES_TOO = word_set(
    "a an and or of on in i my our his her their the will may rose grant plan order start trust"
)

AREAS: Mapping[str, str] = {
    phrase.strip(): area for area, phrases in _PHRASES.items() for phrase in phrases.split("|")
}
"""The area of each phrase, in lower case."""

OPENERS: Mapping[str, int] = {
    first: max(len(p.split()) for p in AREAS if p.split()[0] == first)
    for first in {phrase.split()[0] for phrase in AREAS}
}
"""The length of the longest phrase that begins with a word."""

MATTER_WORDS = frozenset(word for phrase in AREAS for word in phrase.split()) - _NAMES_TOO
"""Words that no client is called."""
