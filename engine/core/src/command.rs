//! Commands as bytes: one layout for the QUIC frame, the log and the shard.
//!
//! A command is a 40-byte [`Header`] and a body that the kind determines, little-endian, a multiple of 8 bytes long.
//! A one-bet ticket is 56 bytes. [`parse()`] checks everything that can be known without state; the edge calls it once,
//! and what passed it is never wrong in form again.

use zerocopy::little_endian::{I64, U16, U32, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::refusal::Malformed;

mod agents;
mod build;
mod draw;
mod money;
mod parse;
mod quarantine;

pub use agents::*;
pub use build::{Commands, PlayTable};
pub use draw::*;
pub use money::*;
pub use parse::{Plays, command_len, parse};
pub use quarantine::{
    CommandName, QUARANTINE_WHO_BYTES_MAX, QUARANTINE_WHY_BYTES_MAX, QUARANTINES_MAX, Quarantine,
};

/// Most bets in one ticket.
pub const TICKET_BETS_MAX: usize = 64;
/// Highest stake of one bet, and highest amount of one movement, in minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// Most plays in one game.
pub const GAME_PLAYS_MAX: usize = 16;
/// Most prize cells in one play.
pub const PLAY_PRIZES_MAX: usize = 40;
/// Most groups of plays whose stakes are limited together.
pub const GAME_GROUPS_MAX: usize = 8;
/// Most winning numbers of one draw.
pub const RESULTS_MAX: usize = 32;
/// Most prize tiers of one game.
pub const TIERS_MAX: usize = 8;
/// Most positions of a number, and so most levels at which a play meets one.
pub const LENGTH_MAX: usize = 4;
/// Highest prize per unit of stake: a prize of one bet and one winning number cannot pass
/// `AMOUNT_MAX * PRIZE_RATIO_MAX`, rounded.
pub const PRIZE_RATIO_MAX: u64 = 1_000_000;
/// Highest unit that prizes are rounded to, in minor units.
pub const ROUNDING_UNIT_MAX: i64 = 1_000_000;
/// A whole, for rates in parts per million.
pub const PPM: u32 = 1_000_000;
/// As the lines of a [`Play`]: as many as the bet's number has orders.
pub const LINES_BY_ORDERS: u8 = 255;
/// Stands for "no limit", and is also the most that any sum of stakes or payouts on a number may reach.
pub const NO_LIMIT: i64 = 1_000_000_000_000_000;
/// As the value of an override: forget the override, the draw's default holds again.
pub const CLEAR_OVERRIDE: i64 = -1;
/// Longest command.
pub const COMMAND_BYTES_MAX: usize = 4096;

/// Most resident tickets in a partition: what they hold, up to 64 places a ticket, is numbered in 31 bits. Their bets lie
/// in the partitions of the books, where memory ends before 32 bits do.
pub const PARTITION_TICKETS_MAX: u32 = 32 << 20;
/// Most accounts in a partition.
pub const PARTITION_ACCOUNTS_MAX: u32 = 1 << 30;
/// Most draws that a ledger keeps at a time.
pub const LEDGER_BOOKS_MAX: u64 = 8192;
/// Most that a deposit may leave in an account.
pub const BALANCE_MAX: i64 = 1_000_000_000_000_000;
/// Most that all results, corrections and commission of a ledger may ever promise in a currency, each partition an equal
/// share of it, so that no balance outgrows its 64 bits, however long the ledger lives and whatever is won.
///
/// What an account has, what it has held, and its stakes that wait for a result are together at most [`BALANCE_MAX`],
/// the stakes that all draws can hold at a time, and what was ever promised: a deposit or a transfer adds only up to
/// `BALANCE_MAX`, and all else that adds was staked or promised before. What it owes is at most `BALANCE_MAX` and
/// what of the promised was taken back.
pub const PROMISED_MAX: i64 = i64::MAX - 2 * BALANCE_MAX - LEDGER_BOOKS_MAX as i64 * NO_LIMIT;

const _: () = assert!(PROMISED_MAX / NO_LIMIT > 1000, "a thousand draws may promise their most");

const _: () = assert!(
    AMOUNT_MAX as u128 * PRIZE_RATIO_MAX as u128 + (NO_LIMIT + ROUNDING_UNIT_MAX) as u128 <= i64::MAX as u128,
    "a sum at its limit and one more prize, rounded up, cannot wrap"
);
const _: () = assert!(
    size_of::<Header>() + TICKET_BETS_MAX * size_of::<Bet>() <= COMMAND_BYTES_MAX,
    "the largest ticket is a command"
);
const _: () = assert!(
    size_of::<Header>() + size_of::<GameDefine>() + 14 * size_of::<Play>() + 104 * size_of::<Prize>()
        <= COMMAND_BYTES_MAX,
    "a game of 14 plays with 104 prizes is a command"
);
const _: () = assert!(size_of::<Header>() + size_of::<Bet>() <= 64, "a one-bet command fits a cache line");

/// The two ways into the engine. Operators' commands are drained first and never shed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Lane {
    /// Tickets, cancels, accounts and their money.
    Bets = 0,
    /// Games, draws and limits.
    Operators = 1,
}

/// What a command asks for. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// [`Bet`] × count. Owner: the account.
    TicketPlace = 1,
    /// [`TicketCancel`]. Owner: the account.
    TicketCancel = 2,
    /// [`AccountOpen`]. Owner: the account.
    AccountOpen = 3,
    /// [`Movement`] into the account.
    Deposit = 4,
    /// [`Movement`] out of the account.
    Withdraw = 5,
    /// [`Transfer`]. Owner: the account that pays.
    Transfer = 6,
    /// [`HoldPlace`]. Owner: the account.
    HoldPlace = 7,
    /// [`HoldPost`]. Owner: the account.
    HoldPost = 8,
    /// [`HoldVoid`]. Owner: the account.
    HoldVoid = 9,
    /// [`GameDefine`] and count × ([`Play`] and its [`Prize`]s). Owner: the game.
    GameDefine = 64,
    /// [`DrawCreate`]. Owner: the book.
    DrawCreate = 65,
    /// No body. Owner: the book.
    DrawOpen = 66,
    /// No body. Owner: the book.
    DrawClose = 67,
    /// [`DrawResult`] and the winning numbers: u16 × count, in order, padded with zeros to a multiple of 8 bytes. Owner:
    /// the book.
    DrawSettle = 68,
    /// [`LimitSet`]. Owner: the book.
    LimitSet = 69,
    /// [`NumberBlock`]. Owner: the book.
    NumberBlock = 70,
    /// No body. Owner: the book.
    DrawSuspend = 71,
    /// No body. Owner: the book.
    DrawResume = 72,
    /// No body. Owner: the book.
    DrawVoid = 73,
    /// [`TicketCancel`]. Owner: the account.
    TicketVoid = 74,
    /// As [`Kind::DrawSettle`], of a draw that is settled: another result takes the place of the one it has.
    DrawCorrect = 75,
    /// [`AccountStatus`]. Owner: the account.
    AccountStatus = 80,
    /// [`AccountCredit`]. Owner: the account.
    AccountCredit = 81,
    /// [`AccountExclude`]. Owner: the account.
    AccountExclude = 82,
    /// [`AccountLimit`]. Owner: the account.
    AccountLimit = 83,
    /// [`OwedAdd`]. Owner: the account.
    OwedAdd = 84,
    /// [`OwedWriteOff`]. Owner: the account.
    OwedWriteOff = 85,
    /// [`PrincipalSet`]. Owner: the principal's number.
    PrincipalSet = 86,
    /// [`AccountParent`]. Owner: the account.
    AccountParent = 87,
    /// [`CommissionSet`]. Owner: the account.
    CommissionSet = 88,
    /// [`Genesis`]: the first command of a log, made by the node itself. No lane takes it.
    Genesis = 128,
    /// [`Quarantine`]: sets a command aside, made by the operator's tool. No lane takes it.
    Quarantine = 129,
}

impl Kind {
    /// The kind of this number, if there is one.
    pub fn from_code(code: u8) -> Option<Kind> {
        Some(match code {
            1 => Kind::TicketPlace,
            2 => Kind::TicketCancel,
            3 => Kind::AccountOpen,
            4 => Kind::Deposit,
            5 => Kind::Withdraw,
            6 => Kind::Transfer,
            7 => Kind::HoldPlace,
            8 => Kind::HoldPost,
            9 => Kind::HoldVoid,
            64 => Kind::GameDefine,
            65 => Kind::DrawCreate,
            66 => Kind::DrawOpen,
            67 => Kind::DrawClose,
            68 => Kind::DrawSettle,
            69 => Kind::LimitSet,
            70 => Kind::NumberBlock,
            71 => Kind::DrawSuspend,
            72 => Kind::DrawResume,
            73 => Kind::DrawVoid,
            74 => Kind::TicketVoid,
            75 => Kind::DrawCorrect,
            80 => Kind::AccountStatus,
            81 => Kind::AccountCredit,
            82 => Kind::AccountExclude,
            83 => Kind::AccountLimit,
            84 => Kind::OwedAdd,
            85 => Kind::OwedWriteOff,
            86 => Kind::PrincipalSet,
            87 => Kind::AccountParent,
            88 => Kind::CommissionSet,
            128 => Kind::Genesis,
            129 => Kind::Quarantine,
            _ => return None,
        })
    }

    /// The lane that takes this kind; none takes genesis and quarantines.
    pub fn lane(self) -> Option<Lane> {
        match self as u8 {
            1..=63 => Some(Lane::Bets),
            64..=127 => Some(Lane::Operators),
            _ => None,
        }
    }
}

/// The first 40 bytes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Header {
    /// Bytes of the whole command, a multiple of 8.
    pub len: U16,
    /// A [`Kind`].
    pub kind: u8,
    /// Bets of a ticket, plays of a game, winning numbers of a result, else 0.
    pub count: u8,
    /// The principal, stamped by the edge; clients leave it 0.
    pub actor: U32,
    /// The way it came (1: QUIC, 2: HTTP), stamped by the edge; clients leave it 0.
    pub channel: u8,
    /// Zero.
    pub reserved: [u8; 3],
    /// The terminal it came from, stamped by the edge; clients leave it 0.
    pub terminal: U32,
    /// UUIDv7 (RFC 9562) as its 128-bit number, scoped to the owner of the bets lane, to the actor otherwise.
    pub id: U128,
    /// Account, game or book, by kind; never 0.
    pub owner: U64,
}

/// One bet of a ticket: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Bet {
    /// Minor units, 1 to [`AMOUNT_MAX`].
    pub stake: I64,
    /// The draw.
    pub book: U32,
    /// The digits read as a number, the first digit first: "012" is 12.
    pub number: U16,
    /// A play code of the draw's game.
    pub play: u8,
    /// Zero.
    pub reserved: u8,
}

/// Cancels a whole ticket of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct TicketCancel {
    /// The id that placed the ticket.
    pub ticket: U128,
}

/// Defines one version of a game of numbers; its [`Play`]s follow, each with its [`Prize`]s behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct GameDefine {
    /// From 1.
    pub version: U16,
    /// Symbols a position can show, 2 to 100: 10 for digits.
    pub symbols: u8,
    /// Positions, 1 to [`LENGTH_MAX`]: 3 for a 3-digit game.
    pub length: u8,
    /// Winning numbers of a draw, 1 to [`RESULTS_MAX`].
    pub results: u8,
    /// A [`Rounding`] of each single prize.
    pub rounding: u8,
    /// Zero.
    pub reserved: U16,
    /// Least stake of one line of a bet, minor units.
    pub stake_min: I64,
    /// Highest stake of one line of a bet, minor units.
    pub stake_max: I64,
    /// Prizes are multiples of it: 1 to [`ROUNDING_UNIT_MAX`] minor units.
    pub rounding_unit: I64,
    /// What a bet wins in all is taxed, as a whole, if it is more than this, minor units.
    pub tax_over: I64,
    /// The tax in parts per million, 0 to [`PPM`]; 0: none.
    pub tax_ppm: U32,
    /// Zero.
    pub reserved2: U32,
    /// Prize tier of each winning number, in their order: from 1 (the top prize, that of the first) without gaps, at
    /// most [`TIERS_MAX`]; 0 past `results`.
    pub tier: [u8; RESULTS_MAX],
}

/// How a prize becomes a multiple of the rounding unit. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Rounding {
    /// To the next lower one.
    Down = 1,
    /// To the next higher one.
    Up = 2,
    /// To the nearest, from the middle up.
    HalfUp = 3,
}

/// How a play meets a winning number, and at which levels. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Matching {
    /// Level 1: the number itself (straight, target).
    Exact = 1,
    /// Level 1: any order of its symbols (rambolito, box).
    AnyOrder = 2,
    /// Level 1: the named positions agree. In a bet's number the others show symbol 0.
    Positional = 3,
    /// Level 1: the number itself. Level 2: another order of its symbols (straight and box in one).
    ExactOrAny = 4,
    /// Level 1: the number itself. Level 2: all positions but the first agree, level 3: all but the first two, and so on
    /// to the last alone. The best level pays.
    Trailing = 5,
}

/// One play of a game: 8 bytes, and its [`Prize`]s behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Play {
    /// What bets call it, from 1; ascending within a game.
    pub code: u8,
    /// A [`Matching`].
    pub matching: u8,
    /// The named positions of [`Matching::Positional`], a bit each, the lowest for the first; not none, not all. Else 0.
    pub positions: u8,
    /// Plays of one group share their stake limits: 0 to [`GAME_GROUPS_MAX`] - 1.
    pub group: u8,
    /// Lines that one bet buys: 0 and 1: one; [`LINES_BY_ORDERS`]; else so many.
    pub lines: u8,
    /// Prizes that follow, 1 to [`PLAY_PRIZES_MAX`].
    pub prizes: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// A prize of `numerator / denominator` times the whole stake of a bet, rounded, for one winning number: 16 bytes.
///
/// The prizes of a play ascend by orders, tier and level; what has none is not paid. A number whose orders have no prize
/// at all cannot be played.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct Prize {
    /// Distinct orders of the bet's number for [`Matching::AnyOrder`] and [`Matching::ExactOrAny`], else 1.
    pub orders: U16,
    /// Tier of the winning number, from 1.
    pub tier: u8,
    /// Level at which the play meets it, from 1.
    pub level: u8,
    /// At least 1.
    pub denominator: U32,
    /// At least 1, at most [`PRIZE_RATIO_MAX`] times the denominator.
    pub numerator: U64,
}

/// The parameters of a ledger, fixed for its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Genesis {
    /// Names the ledger; random.
    pub cluster: U128,
    /// Key of every hash that clients could otherwise steer; random.
    pub hash_key: [U64; 2],
    /// How long ids are told from repetitions, ns.
    pub id_window_ns: U64,
    /// How far an id's time may lie ahead of the tick's, ns.
    pub id_ahead_ns: U64,
    /// Refused ids remembered, per partition.
    pub refused_ids_max: U32,
    /// Winners paid, and agents paid commission, per book and tick.
    pub payouts_per_tick: U32,
    /// Accounts, per partition.
    pub accounts_max: U32,
    /// Resident tickets, per partition: open ones, and decided ones until they leave memory.
    pub tickets_max: U32,
    /// Resident books, per partition.
    pub books_max: U32,
    /// A power of two, 1 to 256.
    pub partitions: U16,
    /// Zero.
    pub reserved: [u8; 2],
    /// After how long a raised limit of an account acts, ns.
    pub limit_raise_delay_ns: U64,
    /// Holds kept, per partition, those that finished within the id window included.
    pub holds_max: U32,
    /// Accounts that have ever had a rolling limit, per partition.
    pub limited_accounts_max: U32,
    /// References of movements kept, per partition.
    pub references_max: U32,
    /// Bets of a closed draw that are sealed per tick: rounded down to a multiple of 256, at least 256.
    pub sealed_per_tick: U32,
    /// How long a draw stays after it was settled or became void, and its tickets with it, ns. At least as long as ids are
    /// told from repetitions: a smaller value counts as that.
    pub retention_ns: U64,
    /// Accounts with a parent, in the whole ledger.
    pub tree_accounts_max: U32,
    /// Accounts that have ever had a period of commission, in the whole ledger.
    pub commission_accounts_max: U32,
    /// Movements kept for statements, per partition.
    pub movements_max: U32,
    /// Zero.
    pub reserved_too: U32,
}

/// A command whose form was checked: the header, and the body by kind.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// The first 40 bytes.
    pub header: &'a Header,
    /// The rest.
    pub body: Body<'a>,
    /// All of it.
    pub bytes: &'a [u8],
}

/// The body of a command, by kind.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the variants are the kinds")]
pub enum Body<'a> {
    TicketPlace(&'a [Bet]),
    TicketCancel(&'a TicketCancel),
    AccountOpen(&'a AccountOpen),
    Deposit(&'a Movement),
    Withdraw(&'a Movement),
    Transfer(&'a Transfer),
    HoldPlace(&'a HoldPlace),
    HoldPost(&'a HoldPost),
    HoldVoid(&'a HoldVoid),
    GameDefine(&'a GameDefine, Plays<'a>),
    DrawCreate(&'a DrawCreate),
    DrawOpen,
    DrawClose,
    DrawSettle(&'a DrawResult, &'a [U16]),
    DrawCorrect(&'a DrawResult, &'a [U16]),
    LimitSet(&'a LimitSet),
    NumberBlock(&'a NumberBlock),
    DrawSuspend,
    DrawResume,
    DrawVoid,
    TicketVoid(&'a TicketCancel),
    AccountStatus(&'a AccountStatus),
    AccountCredit(&'a AccountCredit),
    AccountExclude(&'a AccountExclude),
    AccountLimit(&'a AccountLimit),
    OwedAdd(&'a OwedAdd),
    OwedWriteOff(&'a OwedWriteOff),
    PrincipalSet(&'a PrincipalSet),
    AccountParent(&'a AccountParent),
    CommissionSet(&'a CommissionSet),
    Genesis(&'a Genesis),
    Quarantine(&'a Quarantine, &'a [u8]),
}

/// A fault of form, and what would have been right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub reason: Malformed,
    /// The bet (or play) it concerns, from 0.
    pub bet: Option<u8>,
    /// What would have been right; see [`Malformed`].
    pub acceptable: i64,
    /// Bytes of the command, where it could be told: the next one starts behind them.
    pub len: Option<usize>,
}

impl Command<'_> {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::TicketPlace(_) => Kind::TicketPlace,
            Body::TicketCancel(_) => Kind::TicketCancel,
            Body::AccountOpen(_) => Kind::AccountOpen,
            Body::Deposit(_) => Kind::Deposit,
            Body::Withdraw(_) => Kind::Withdraw,
            Body::Transfer(_) => Kind::Transfer,
            Body::HoldPlace(_) => Kind::HoldPlace,
            Body::HoldPost(_) => Kind::HoldPost,
            Body::HoldVoid(_) => Kind::HoldVoid,
            Body::GameDefine(..) => Kind::GameDefine,
            Body::DrawCreate(_) => Kind::DrawCreate,
            Body::DrawOpen => Kind::DrawOpen,
            Body::DrawClose => Kind::DrawClose,
            Body::DrawSettle(..) => Kind::DrawSettle,
            Body::DrawCorrect(..) => Kind::DrawCorrect,
            Body::LimitSet(_) => Kind::LimitSet,
            Body::NumberBlock(_) => Kind::NumberBlock,
            Body::DrawSuspend => Kind::DrawSuspend,
            Body::DrawResume => Kind::DrawResume,
            Body::DrawVoid => Kind::DrawVoid,
            Body::TicketVoid(_) => Kind::TicketVoid,
            Body::AccountStatus(_) => Kind::AccountStatus,
            Body::AccountCredit(_) => Kind::AccountCredit,
            Body::AccountExclude(_) => Kind::AccountExclude,
            Body::AccountLimit(_) => Kind::AccountLimit,
            Body::OwedAdd(_) => Kind::OwedAdd,
            Body::OwedWriteOff(_) => Kind::OwedWriteOff,
            Body::PrincipalSet(_) => Kind::PrincipalSet,
            Body::AccountParent(_) => Kind::AccountParent,
            Body::CommissionSet(_) => Kind::CommissionSet,
            Body::Genesis(_) => Kind::Genesis,
            Body::Quarantine(..) => Kind::Quarantine,
        }
    }
}

impl Header {
    /// The id's time, in milliseconds since the Unix epoch.
    pub fn id_time_ms(&self) -> u64 {
        id_time_ms(self.id.get())
    }
}

/// The time in a UUIDv7, in milliseconds since the Unix epoch.
pub fn id_time_ms(id: u128) -> u64 {
    (id >> 80) as u64
}

/// Whether this is a UUIDv7: version 7, variant 0b10.
pub fn is_uuid_v7(id: u128) -> bool {
    (id >> 76) & 0xf == 7 && (id >> 62) & 0b11 == 0b10
}
