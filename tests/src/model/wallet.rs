//! What can be asked of an account's money beside tickets, plain deposits and plain withdrawals.

/// A movement, a hold, or a rule of one account. Money is in minor units, times are nanoseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Bring money in, named by a reference of the outside.
    DepositBy {
        /// Minor units.
        amount: i64,
        /// What names it outside.
        by: Reference,
    },
    /// Take money out, named by a reference of the outside.
    WithdrawBy {
        /// Minor units.
        amount: i64,
        /// What names it outside.
        by: Reference,
    },
    /// Pay another account.
    Transfer {
        /// Who gets it.
        to: u64,
        /// Minor units.
        amount: i64,
    },
    /// Set money aside.
    PlaceHold {
        /// Minor units.
        amount: i64,
        /// When it is let go by itself.
        expires_at: u64,
    },
    /// Take out what was set aside, or some of it.
    PostHold {
        /// The id that placed it.
        hold: u128,
        /// Minor units; 0: all of it.
        amount: i64,
    },
    /// Let go of what was set aside.
    VoidHold {
        /// The id that placed it.
        hold: u128,
    },
    /// An operator says what the account may do.
    SetStatus {
        /// From now on.
        status: Status,
    },
    /// An operator says how far below zero it may go.
    SetCredit {
        /// Minor units.
        limit: i64,
    },
    /// An operator keeps it from betting.
    Exclude {
        /// Until then.
        until: u64,
    },
    /// An operator limits what it may deposit, stake or lose.
    SetLimit {
        /// Of what, and within how long.
        of: Rolling,
        /// Minor units; [`super::NO_LIMIT`]: none.
        limit: i64,
    },
    /// An operator claims money.
    Claim {
        /// Minor units.
        amount: i64,
    },
    /// An operator forgives what is owed.
    WriteOff {
        /// Minor units.
        amount: i64,
    },
    /// An operator puts it below another.
    SetParent {
        /// The account above it; 0: none.
        parent: u64,
    },
    /// An operator says what it gets of stakes for a while.
    SetCommission(Period),
}

/// What an account gets of stakes, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Millionths.
    pub ppm: u32,
    /// From then on.
    pub from: u64,
    /// Before then; 0: for ever.
    pub until: u64,
}

/// The name of a movement outside the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Not 0.
    pub number: u128,
    /// When it was given, milliseconds since the Unix epoch.
    pub dated_ms: u64,
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum Status {
    Active = 1,
    Suspended = 2,
    Closed = 3,
}

/// A limit over a window that moves with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rolling {
    /// What is counted.
    pub of: Counted,
    /// How far back.
    pub window: Window,
}

/// What a rolling limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum Counted {
    Deposit = 1,
    Stake = 2,
    NetLoss = 3,
}

/// How far back a rolling limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum Window {
    Day = 1,
    Week = 2,
    Month = 3,
}

impl Act {
    /// Whether clients send it; the rest is the operators'.
    pub fn is_of_clients(&self) -> bool {
        match self {
            Act::DepositBy { .. }
            | Act::WithdrawBy { .. }
            | Act::Transfer { .. }
            | Act::PlaceHold { .. }
            | Act::PostHold { .. }
            | Act::VoidHold { .. } => true,
            Act::SetStatus { .. }
            | Act::SetCredit { .. }
            | Act::Exclude { .. }
            | Act::SetLimit { .. }
            | Act::Claim { .. }
            | Act::WriteOff { .. }
            | Act::SetParent { .. }
            | Act::SetCommission(_) => false,
        }
    }
}
