//! Why a command is not carried out: numbered, in the order in which the checks run.
//!
//! Numbers are durable. They are never reused, and go in steps of 100 so that a later check fits between two.
//! Codes below 100 are [`Malformed`]: the edge answers with them and the command never reaches the log.

/// Code of a command that was carried out.
pub const ACCEPTED: u16 = 0;

/// What is wrong with the bytes of a command. Found at the edge, before the log.
///
/// Beside each variant stands what the `acceptable` field of the answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Malformed {
    /// The length field does not fit the kind, the count, or the bytes that are there. Acceptable: the right length.
    Length = 1,
    /// No such kind of command. Acceptable: the highest kind of this lane.
    KindUnknown = 2,
    /// The kind belongs to the other lane (bets or operators). Acceptable: the number of the right lane.
    LaneWrong = 3,
    /// A reserved field, or one that the edge stamps, is not zero. Acceptable: 0.
    ReservedNotZero = 4,
    /// The id is not a UUIDv7 (RFC 9562). Acceptable: 7.
    IdNotV7 = 5,
    /// A ticket of no bets or too many, a game of no plays or too many, or a result of no numbers or too many.
    /// Acceptable: the most.
    CountOutside = 6,
    /// An account, book or game numbered zero, or a book above 2^32 - 1. Acceptable: 1.
    OwnerOutside = 7,
    /// A stake or an amount of zero or below. Acceptable: 1.
    AmountNotPositive = 8,
    /// A stake or an amount above what the layout allows. Acceptable: the most.
    AmountTooLarge = 9,
    /// A field holds a value that its kind does not define. Acceptable: the highest defined value.
    FieldOutside = 10,
}

/// Why a well-formed command was refused by the state it met.
///
/// Beside each variant stands what the `acceptable` field of the answer holds; where nothing is said, zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Refusal {
    /// The id was used before, with other content. Nothing was done.
    IdReused = 100,
    /// The id's time lies at or below the floor: it can no longer be told from a repetition. Acceptable: the
    /// first millisecond, since the Unix epoch, that is.
    IdExpired = 200,
    /// The id's time lies too far ahead of the tick's. Acceptable: the last millisecond that is not.
    IdAhead = 300,
    /// The principal stands for an account, and this is not for it to do. Acceptable: that account; 0 where a principal would
    /// give itself an account, which it could not take back.
    NotAuthorised = 350,
    /// No such account.
    AccountUnknown = 400,
    /// No such account to stand under.
    ParentUnknown = 410,
    /// No such account to receive it.
    ReceiverUnknown = 420,
    /// The account is suspended: no ticket, withdrawal, transfer out of it or hold.
    AccountSuspended = 430,
    /// The account is closed for ever: nothing but payouts, refunds (cancelling a ticket is one), commission, posting and
    /// voiding holds, and writing off.
    AccountClosed = 435,
    /// The account to receive it is closed.
    ReceiverClosed = 440,
    /// The account is excluded: no ticket and no deposit. Acceptable: until when, in milliseconds since the Unix epoch.
    AccountExcluded = 445,
    /// An exclusion that is in force cannot be shortened. Acceptable: when that one ends, in milliseconds since the
    /// Unix epoch.
    ExclusionShorter = 450,
    /// A transfer from an account to itself.
    TransferSelf = 460,
    /// Only an account without balance, debt and holds can be closed. Acceptable: what is available.
    AccountNotEmpty = 470,
    /// The account would stand under itself, or a path from the root through it would have more accounts than may be.
    /// Acceptable: the most.
    ParentInvalid = 480,
    /// The account is open already.
    AccountExists = 500,
    /// No such game, or not this version.
    GameUnknown = 600,
    /// The game's version is defined already; versions are immutable.
    GameExists = 700,
    /// The game's table contradicts itself or its bounds. Acceptable: the place of the first wrong play.
    GameInvalid = 800,
    /// The draw or the ticket has left memory: it was decided long ago, and a follower that keeps an archive has it. (Of a
    /// ticket: none of this id is there, and one may have been.)
    Archived = 850,
    /// No such draw.
    DrawUnknown = 900,
    /// The draw exists already.
    DrawExists = 1000,
    /// The draw's times are not in order: open, close (after the tick's time), settle. Or a group without a play has a
    /// stake limit.
    DrawInvalid = 1100,
    /// The draw's state does not allow the command. Acceptable: the state it is in.
    DrawState = 1200,
    /// Money of the draw's bets is under way: it is settling, correcting or voiding. Acceptable: the state it is in.
    DrawSettling = 1230,
    /// The bets of the draw are still being sealed: ask for the seal again. Acceptable: the bets that are.
    SealPending = 1240,
    /// The seal quoted is not the draw's.
    SealDiffers = 1245,
    /// Another principal has given another result, which stands.
    ResultDiffers = 1250,
    /// This result, in this order, holds already.
    ResultSame = 1255,
    /// The draw does not take bets yet. Acceptable: when it opens, in milliseconds since the Unix epoch, or 0.
    DrawNotOpen = 1300,
    /// The draw takes no bets for now.
    DrawSuspended = 1350,
    /// The draw's cut-off has passed. Acceptable: when it closed, in milliseconds since the Unix epoch.
    DrawClosed = 1400,
    /// No ticket of this account has this id, and none can come any more.
    TicketUnknown = 1500,
    /// The ticket was cancelled, before or after it came.
    TicketCancelled = 1600,
    /// The reference names another movement of the account: another kind or amount. (The same movement is accepted, and
    /// moves nothing.)
    ReferenceReused = 1650,
    /// The reference's date lies more than 90 days before the tick. Acceptable: the first millisecond that does not.
    ReferenceExpired = 1660,
    /// The reference's date lies more than 10 seconds ahead of the tick. Acceptable: the last millisecond that does not.
    ReferenceAhead = 1670,
    /// As many references are kept as may be. Acceptable: the bound.
    ReferencesFull = 1680,
    /// The draw's tickets cannot be cancelled by their client.
    CancelNotAllowed = 1700,
    /// No hold of this account has this id, or it finished longer ago than ids are told from repetitions.
    HoldUnknown = 1705,
    /// The hold was posted or voided already.
    HoldFinished = 1710,
    /// The hold's time is over, or would be at once. Acceptable: the tick's time, in milliseconds since the Unix epoch.
    HoldExpired = 1720,
    /// More than is held. Acceptable: what is held.
    HoldExceeded = 1730,
    /// The draw, or the account to receive it or to stand under, is held in another currency than the account. Acceptable:
    /// that one, as ISO 4217 number.
    CurrencyMismatch = 1800,
    /// The draw's game has no such play. Acceptable: the highest play code it has.
    PlayUnknown = 1900,
    /// The draw's game has another count of winning numbers. Acceptable: the right count.
    ResultCount = 1950,
    /// The number lies outside the game. Acceptable: the highest number.
    NumberOutside = 2000,
    /// The play cannot be made on this number (a triple in any order). Acceptable: the number that shows symbol 0 where
    /// the play names no position, if that is what is wrong.
    PlayNotAllowed = 2100,
    /// The stake is not a multiple of the lines that the play buys. Acceptable: the next lower multiple, at least one
    /// minor unit a line.
    StakeNotWhole = 2150,
    /// The stake of a line is too low. Acceptable: the least stake of the bet.
    StakeBelowMinimum = 2200,
    /// The stake of a line is too high. Acceptable: the highest stake of the bet.
    StakeAboveMaximum = 2300,
    /// The number, or one that this play would win on, is blocked.
    NumberBlocked = 2400,
    /// The stake on this play and number would pass its limit. Acceptable: the room left.
    StakeLimitReached = 2500,
    /// The payout if this number came would pass its limit. Acceptable: the room left.
    PayoutLimitReached = 2600,
    /// The stake of the whole draw would pass its limit. Acceptable: the room left.
    DrawStakeLimitReached = 2620,
    /// The payout if this number came would pass the limit that the draw has for any number. Acceptable: the room left.
    DrawPayoutLimitReached = 2640,
    /// The account's deposits would pass a rolling limit. Acceptable: what would pass none.
    DepositLimitReached = 2660,
    /// The account's stakes would pass a rolling limit. Acceptable: what would pass none.
    StakeLimitOfAccount = 2670,
    /// The account's net loss, were the stake lost, would pass a rolling limit. Acceptable: the stake that would pass none.
    LossLimitReached = 2680,
    /// The account's available balance and credit do not cover it. Acceptable: what is available to debit.
    FundsShort = 2700,
    /// More than is owed. Acceptable: what is owed.
    OwedLess = 2760,
    /// The balance, available and held together, would pass the most that an account can hold; or what it owes would.
    /// Acceptable: the most that can be added.
    BalanceTooLarge = 2800,
    /// A table of the ledger is at its configured bound, or the prizes of a result would sum up to more than `NO_LIMIT`.
    /// Acceptable: the bound.
    CapacityReached = 2900,
    /// The ledger has begun already, or has not begun yet.
    GenesisMisplaced = 3000,
    /// The record of a quarantine names no command before it, or came too late: the command was applied already.
    QuarantineMisplaced = 3100,
    /// The command was set aside by an operator, after it was logged: it has no effect, and is not remembered. This is
    /// found before anything else is looked at, even the id; the number stands last because the first was taken.
    Quarantined = 3200,
}

impl Refusal {
    /// Every refusal, in the order of the checks.
    pub const ALL: [Refusal; 66] = [
        Refusal::IdReused,
        Refusal::IdExpired,
        Refusal::IdAhead,
        Refusal::NotAuthorised,
        Refusal::AccountUnknown,
        Refusal::ParentUnknown,
        Refusal::ReceiverUnknown,
        Refusal::AccountSuspended,
        Refusal::AccountClosed,
        Refusal::ReceiverClosed,
        Refusal::AccountExcluded,
        Refusal::ExclusionShorter,
        Refusal::TransferSelf,
        Refusal::AccountNotEmpty,
        Refusal::ParentInvalid,
        Refusal::AccountExists,
        Refusal::GameUnknown,
        Refusal::GameExists,
        Refusal::GameInvalid,
        Refusal::Archived,
        Refusal::DrawUnknown,
        Refusal::DrawExists,
        Refusal::DrawInvalid,
        Refusal::DrawState,
        Refusal::DrawSettling,
        Refusal::SealPending,
        Refusal::SealDiffers,
        Refusal::ResultDiffers,
        Refusal::ResultSame,
        Refusal::DrawNotOpen,
        Refusal::DrawSuspended,
        Refusal::DrawClosed,
        Refusal::TicketUnknown,
        Refusal::TicketCancelled,
        Refusal::ReferenceReused,
        Refusal::ReferenceExpired,
        Refusal::ReferenceAhead,
        Refusal::ReferencesFull,
        Refusal::CancelNotAllowed,
        Refusal::HoldUnknown,
        Refusal::HoldFinished,
        Refusal::HoldExpired,
        Refusal::HoldExceeded,
        Refusal::CurrencyMismatch,
        Refusal::PlayUnknown,
        Refusal::ResultCount,
        Refusal::NumberOutside,
        Refusal::PlayNotAllowed,
        Refusal::StakeNotWhole,
        Refusal::StakeBelowMinimum,
        Refusal::StakeAboveMaximum,
        Refusal::NumberBlocked,
        Refusal::StakeLimitReached,
        Refusal::PayoutLimitReached,
        Refusal::DrawStakeLimitReached,
        Refusal::DrawPayoutLimitReached,
        Refusal::DepositLimitReached,
        Refusal::StakeLimitOfAccount,
        Refusal::LossLimitReached,
        Refusal::FundsShort,
        Refusal::OwedLess,
        Refusal::BalanceTooLarge,
        Refusal::CapacityReached,
        Refusal::GenesisMisplaced,
        Refusal::QuarantineMisplaced,
        Refusal::Quarantined,
    ];

    /// The refusal of this number, if there is one.
    pub fn from_code(code: u16) -> Option<Refusal> {
        Self::ALL.into_iter().find(|refusal| *refusal as u16 == code)
    }
}

impl Malformed {
    /// Every fault of form, in order.
    pub const ALL: [Malformed; 10] = [
        Malformed::Length,
        Malformed::KindUnknown,
        Malformed::LaneWrong,
        Malformed::ReservedNotZero,
        Malformed::IdNotV7,
        Malformed::CountOutside,
        Malformed::OwnerOutside,
        Malformed::AmountNotPositive,
        Malformed::AmountTooLarge,
        Malformed::FieldOutside,
    ];

    /// The fault of this number, if there is one.
    pub fn from_code(code: u16) -> Option<Malformed> {
        Self::ALL.into_iter().find(|fault| *fault as u16 == code)
    }
}
