//! What can be wrong with a game table, where, and what would be right.

use std::ops::Range;

/// The first fault of a game table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct GameFileError {
    /// Line, from 1.
    pub line: usize,
    /// Column of its first character, in characters from 1.
    pub column: usize,
    /// Characters of that line that it spans, at least 1.
    pub width: usize,
    /// What is wrong.
    pub fault: GameFault,
}

/// What is wrong with a game table, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of a variant names its fields")]
pub enum GameFault {
    /// The text is no TOML, a field has no name of ours or another type, or one is missing.
    #[error("{}", .0.replace('\n', " "))]
    Form(String),
    /// A whole number outside its bounds.
    #[error("{field} is {found}; it must be {least} to {most}")]
    Outside { field: &'static str, found: i64, least: i64, most: i64 },
    /// Symbols to the power of the length are too many.
    #[error(
        "{symbols} symbols in {length} positions are more than {most} numbers; take fewer of one of them"
    )]
    NumbersTooMany { symbols: u8, length: u8, most: u32 },
    /// A name that cannot be told apart from none.
    #[error("{what} needs a name without spaces around it")]
    NameBlank { what: &'static str },
    /// No amount.
    #[error(
        "{found:?} is no amount: write whole units, a point and at most {decimals} decimals, as in \"10.00\""
    )]
    AmountWrong { found: String, decimals: u8 },
    /// An amount outside its bounds.
    #[error("{field} is {found}; it must be {least} to {most}")]
    AmountOutside { field: &'static str, found: String, least: String, most: String },
    /// The least stake is above the highest.
    #[error("the least stake {min} is above the highest, {max}")]
    StakesCrossed { min: String, max: String },
    /// No way of rounding.
    #[error("{found:?} is no way of rounding; there are \"down\", \"up\" and \"half-up\"")]
    RoundingUnknown { found: String },
    /// No percentage.
    #[error(
        "{found:?} is no percentage: write one from 0 to 100 with at most 4 decimals, as in \"20\" or \"12.5\""
    )]
    PercentWrong { found: String },
    /// More tax than prize.
    #[error("a tax of {found} % is more than the prize; at most 100 % can be withheld")]
    TaxAboveWhole { found: String },
    /// A draw has winning numbers.
    #[error("a draw needs a winning number: name a tier, as in [\"first\"]")]
    ResultsNone,
    /// No tier of winning numbers.
    #[error(
        "{found:?} is no tier of winning numbers: write its name, or how many and its name, as in \"10 starter\""
    )]
    ResultWrong { found: String },
    /// More winning numbers than a draw can have.
    #[error("these are {found} winning numbers; a draw has at most {most}")]
    ResultsTooMany { found: usize, most: usize },
    /// More tiers than a game can have.
    #[error("{name:?} is one tier more than the {most} that a game can have")]
    TiersTooMany { name: String, most: usize },
    /// A game has plays.
    #[error("a game needs a play: add a [[play]]")]
    PlaysNone,
    /// More plays than a game can have.
    #[error("this is one play more than the {most} that a game can have")]
    PlaysTooMany { most: usize },
    /// Bets could not tell the two apart.
    #[error("code {code} is that of play {other:?} too; give each play its own")]
    CodeTwice { code: u8, other: String },
    /// People could not tell the two apart.
    #[error("there are two plays named {name:?}; give each its own name")]
    NameTwice { name: String },
    /// No matching.
    #[error(
        "{found:?} is no matching; there are \"exact\", \"any-order\", \"positions\", \"exact-or-any\" and \"trailing\""
    )]
    MatchingUnknown { found: String },
    /// A play of named positions names none.
    #[error("a play of positions must name them, as in positions = {example:?}")]
    PositionsMissing { example: String },
    /// Positions where none are looked at.
    #[error("only a play with matching = \"positions\" names positions; this one is {matching:?}")]
    PositionsNotWanted { matching: &'static str },
    /// No pattern of positions, or one of all or none of them.
    #[error(
        "{found:?} does not name positions: write one character for each of the {length}, its number or \"-\", \
         at least one of each, as in {example:?}"
    )]
    PositionsWrong { found: String, length: u8, example: String },
    /// All groups are taken by other plays.
    #[error("all {most} groups are taken: say with group = 0 to {} which plays share their stake limits", most - 1)]
    GroupsSpent { most: usize },
    /// No count of lines.
    #[error(
        "{found:?} is no count of lines: write 1 to 254, or \"orders\" for as many as the number has orders"
    )]
    LinesWrong { found: String },
    /// Lines by orders of a play that does not look at them.
    #[error(
        "a play that is {matching:?} looks at no orders, so its lines cannot go by them; \"any-order\" could"
    )]
    LinesByOrders { matching: &'static str },
    /// A prize where a table of them must be, or the other way round.
    #[error("{wanted}")]
    ShapeWrong { wanted: &'static str },
    /// A play pays something.
    #[error("a play needs a prize, as in {example}")]
    PrizesNone { example: &'static str },
    /// More prizes than a play can have.
    #[error("these are {found} prizes; a play has at most {most}")]
    PrizesTooMany { found: usize, most: usize },
    /// Orders that no number of the game has.
    #[error(
        "no number of this game has {found:?} orders; the prizes of an {matching:?} play stand under {known}"
    )]
    OrdersUnknown { found: String, matching: &'static str, known: String },
    /// Orders for a play that does not look at them.
    #[error("a play that is {matching:?} looks at no orders: write the tier at once, as in prizes.first")]
    OrdersNotWanted { matching: &'static str },
    /// No tier of this game.
    #[error("{found:?} is no tier of this game's results, which are {known}")]
    TierUnknown { found: String, known: String },
    /// No level of this matching.
    #[error("{found:?} is no level of an {matching:?} play, which has {known}")]
    LevelUnknown { found: String, matching: &'static str, known: String },
    /// No prize.
    #[error(
        "{found:?} is no prize: write what is paid for a stake of 1, whole, with decimals or as a fraction: \
         \"75\", \"8.5\", \"335/6\""
    )]
    PrizeWrong { found: String },
    /// A prize of nothing or too much.
    #[error(
        "a prize of {found} times the stake is out of bounds: it must be above 0 and at most {most}; leave it out to pay nothing"
    )]
    PrizeOutside { found: String, most: u64 },
    /// The table does not fit a command.
    #[error("the table takes {found} bytes as a command, which can have {most}; leave out plays or prizes")]
    TooLong { found: usize, most: usize },
}

impl GameFileError {
    /// A fault that spans these bytes of the text.
    pub(super) fn at(text: &str, span: &Range<usize>, fault: GameFault) -> GameFileError {
        let start = (0..=span.start.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = span.end.clamp(start, line_end);
        let width = text[start..line_end].char_indices().take_while(|(at, _)| start + at < end).count();
        GameFileError {
            line: before.matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            width: width.max(1),
            fault,
        }
    }
}
