//! Money: the bodies of the commands that move it, and how they are written and read.
//!
//! Owner of each is the account, in either lane. A reply to one of them shows the available balance of that account, also
//! to operators; of a transfer it is the payer's.

use zerocopy::IntoBytes;
use zerocopy::little_endian::{I64, U64, U128};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

#[allow(unused_imports, reason = "the documentation names it")]
use super::AMOUNT_MAX;
use super::build::Commands;
use super::parse::{check_amount, check_field, check_id, check_reserved, one, whole};
use super::{BALANCE_MAX, Body, Fault, Kind, NO_LIMIT};
use crate::refusal::Malformed;

/// How long a reference is kept, from its date, in milliseconds: 90 days.
pub const REFERENCE_KEPT_MS: u64 = 90 * 24 * 60 * 60 * 1000;
/// How far a reference's date may lie ahead of the tick's time, in milliseconds: 10 seconds.
pub const REFERENCE_AHEAD_MS: u64 = 10_000;
/// Most holds, references or limited accounts in a partition.
pub const PARTITION_MONEY_ROWS_MAX: u32 = 1 << 24;

/// Money into or out of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Movement {
    /// Minor units, 1 to [`AMOUNT_MAX`].
    pub amount: I64,
    /// Names the movement for the account, whatever the id of the command: the same again moves nothing. 0: none.
    pub reference: U128,
    /// The reference's date, milliseconds since the Unix epoch; 0 without a reference.
    pub dated_ms: U64,
}

/// Money from the owner to another account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Transfer {
    /// The account that receives it; never 0.
    pub to: U64,
    /// Minor units, 1 to [`AMOUNT_MAX`].
    pub amount: I64,
}

/// Earmarks money until it is posted, voided or expired. The hold is named by the id of this command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct HoldPlace {
    /// Minor units, 1 to [`AMOUNT_MAX`].
    pub amount: I64,
    /// Released then by itself, nanoseconds since the Unix epoch.
    pub expires_at: U64,
}

/// Takes held money out of the ledger and releases the rest of the hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct HoldPost {
    /// The id that placed the hold.
    pub hold: U128,
    /// Minor units, 1 to [`AMOUNT_MAX`]; 0: all that is held.
    pub amount: I64,
}

/// Releases a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct HoldVoid {
    /// The id that placed the hold.
    pub hold: U128,
}

/// What an account may do. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Standing {
    /// Everything.
    Active = 1,
    /// No debit.
    Suspended = 2,
    /// Nothing, for ever.
    Closed = 3,
}

/// Suspends, closes or activates an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountStatus {
    /// A [`Standing`].
    pub status: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// Sets how far below zero an account may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountCredit {
    /// Minor units, 0 to `BALANCE_MAX`, which is 10^15.
    pub limit: I64,
}

/// Keeps an account from tickets and deposits for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountExclude {
    /// Until then, nanoseconds since the Unix epoch; never earlier than the exclusion in force.
    pub until: U64,
}

/// What a rolling limit counts. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LimitOf {
    /// Deposits.
    Deposits = 1,
    /// Stakes, whatever becomes of them.
    Stakes = 2,
    /// Stakes less payouts and less refunds of cancelled tickets.
    NetLoss = 3,
}

/// Over which time a rolling limit counts. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LimitWindow {
    /// 24 hours, in buckets of 1 hour.
    Day = 1,
    /// 7 days, in buckets of 6 hours.
    Week = 2,
    /// 30 days, in buckets of 24 hours.
    Month = 3,
}

/// Sets a rolling limit of an account. Lowering acts at once, raising after the ledger's delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountLimit {
    /// A [`LimitOf`].
    pub of: u8,
    /// A [`LimitWindow`].
    pub window: u8,
    /// Zero.
    pub reserved: [u8; 6],
    /// Minor units from 0, or [`NO_LIMIT`].
    pub limit: I64,
}

/// Claims money from an account: what is available is taken, the rest is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct OwedAdd {
    /// Minor units, 1 to [`AMOUNT_MAX`].
    pub amount: I64,
}

/// Forgives what an account owes; the house bears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct OwedWriteOff {
    /// Minor units, 1 to [`AMOUNT_MAX`], at most what is owed.
    pub amount: I64,
}

impl Commands {
    /// Brings money into an account.
    pub fn deposit(&mut self, id: u128, account: u64, amount: i64) {
        self.deposit_referred(id, account, amount, 0, 0);
    }

    /// Takes money out of an account.
    pub fn withdraw(&mut self, id: u128, account: u64, amount: i64) {
        self.withdraw_referred(id, account, amount, 0, 0);
    }

    /// Brings money into an account, once for each reference.
    pub fn deposit_referred(&mut self, id: u128, account: u64, amount: i64, reference: u128, dated_ms: u64) {
        let body = Movement { amount: amount.into(), reference: reference.into(), dated_ms: dated_ms.into() };
        self.push(Kind::Deposit, 0, id, account, &[body.as_bytes()]);
    }

    /// Takes money out of an account, once for each reference.
    pub fn withdraw_referred(&mut self, id: u128, account: u64, amount: i64, reference: u128, dated_ms: u64) {
        let body = Movement { amount: amount.into(), reference: reference.into(), dated_ms: dated_ms.into() };
        self.push(Kind::Withdraw, 0, id, account, &[body.as_bytes()]);
    }

    /// Moves money from one account to another.
    pub fn transfer(&mut self, id: u128, account: u64, to: u64, amount: i64) {
        let body = Transfer { to: to.into(), amount: amount.into() };
        self.push(Kind::Transfer, 0, id, account, &[body.as_bytes()]);
    }

    /// Earmarks money until a time, nanoseconds since the Unix epoch. The hold is named by `id`.
    pub fn hold_place(&mut self, id: u128, account: u64, amount: i64, expires_at: u64) {
        let body = HoldPlace { amount: amount.into(), expires_at: expires_at.into() };
        self.push(Kind::HoldPlace, 0, id, account, &[body.as_bytes()]);
    }

    /// Takes held money out of the ledger (0: all of it), and releases the rest.
    pub fn hold_post(&mut self, id: u128, account: u64, hold: u128, amount: i64) {
        let body = HoldPost { hold: hold.into(), amount: amount.into() };
        self.push(Kind::HoldPost, 0, id, account, &[body.as_bytes()]);
    }

    /// Releases a hold.
    pub fn hold_void(&mut self, id: u128, account: u64, hold: u128) {
        let body = HoldVoid { hold: hold.into() };
        self.push(Kind::HoldVoid, 0, id, account, &[body.as_bytes()]);
    }

    /// Suspends, closes or activates an account.
    pub fn account_status(&mut self, id: u128, account: u64, status: Standing) {
        let body = AccountStatus { status: status as u8, reserved: [0; 7] };
        self.push(Kind::AccountStatus, 0, id, account, &[body.as_bytes()]);
    }

    /// Sets how far below zero an account may go.
    pub fn account_credit(&mut self, id: u128, account: u64, limit: i64) {
        let body = AccountCredit { limit: limit.into() };
        self.push(Kind::AccountCredit, 0, id, account, &[body.as_bytes()]);
    }

    /// Keeps an account from tickets and deposits until a time, nanoseconds since the Unix epoch.
    pub fn account_exclude(&mut self, id: u128, account: u64, until: u64) {
        let body = AccountExclude { until: until.into() };
        self.push(Kind::AccountExclude, 0, id, account, &[body.as_bytes()]);
    }

    /// Sets a rolling limit of an account.
    pub fn account_limit(&mut self, id: u128, account: u64, of: LimitOf, window: LimitWindow, limit: i64) {
        let body = AccountLimit { of: of as u8, window: window as u8, reserved: [0; 6], limit: limit.into() };
        self.push(Kind::AccountLimit, 0, id, account, &[body.as_bytes()]);
    }

    /// Claims money from an account.
    pub fn owed_add(&mut self, id: u128, account: u64, amount: i64) {
        let body = OwedAdd { amount: amount.into() };
        self.push(Kind::OwedAdd, 0, id, account, &[body.as_bytes()]);
    }

    /// Forgives what an account owes.
    pub fn owed_write_off(&mut self, id: u128, account: u64, amount: i64) {
        let body = OwedWriteOff { amount: amount.into() };
        self.push(Kind::OwedWriteOff, 0, id, account, &[body.as_bytes()]);
    }
}

/// Bytes of the body of a kind that moves money; `None` for every other kind.
pub(super) fn body_len(kind: Kind) -> Option<usize> {
    Some(match kind {
        Kind::Deposit | Kind::Withdraw => size_of::<Movement>(),
        Kind::Transfer => size_of::<Transfer>(),
        Kind::HoldPlace => size_of::<HoldPlace>(),
        Kind::HoldPost => size_of::<HoldPost>(),
        Kind::HoldVoid => size_of::<HoldVoid>(),
        Kind::AccountStatus => size_of::<AccountStatus>(),
        Kind::AccountCredit => size_of::<AccountCredit>(),
        Kind::AccountExclude => size_of::<AccountExclude>(),
        Kind::AccountLimit => size_of::<AccountLimit>(),
        Kind::OwedAdd => size_of::<OwedAdd>(),
        Kind::OwedWriteOff => size_of::<OwedWriteOff>(),
        _ => return None,
    })
}

/// The body of a kind that moves money, checked; `None` for every other kind.
pub(super) fn body(kind: Kind, bytes: &[u8]) -> Result<Option<Body<'_>>, Fault> {
    Ok(Some(match kind {
        Kind::Deposit => Body::Deposit(movement(bytes)?),
        Kind::Withdraw => Body::Withdraw(movement(bytes)?),
        Kind::Transfer => {
            let transfer = one::<Transfer>(bytes)?;
            if transfer.to.get() == 0 {
                return Err(whole(Malformed::OwnerOutside, 1));
            }
            check_amount(transfer.amount.get())?;
            Body::Transfer(transfer)
        }
        Kind::HoldPlace => {
            let hold = one::<HoldPlace>(bytes)?;
            check_amount(hold.amount.get())?;
            Body::HoldPlace(hold)
        }
        Kind::HoldPost => {
            let post = one::<HoldPost>(bytes)?;
            check_id(post.hold)?;
            if post.amount.get() != 0 {
                check_amount(post.amount.get())?;
            }
            Body::HoldPost(post)
        }
        Kind::HoldVoid => {
            let void = one::<HoldVoid>(bytes)?;
            check_id(void.hold)?;
            Body::HoldVoid(void)
        }
        Kind::OwedAdd => {
            let add = one::<OwedAdd>(bytes)?;
            check_amount(add.amount.get())?;
            Body::OwedAdd(add)
        }
        Kind::OwedWriteOff => {
            let write_off = one::<OwedWriteOff>(bytes)?;
            check_amount(write_off.amount.get())?;
            Body::OwedWriteOff(write_off)
        }
        Kind::AccountStatus | Kind::AccountCredit | Kind::AccountExclude | Kind::AccountLimit => {
            rule(kind, bytes)?
        }
        _ => return Ok(None),
    }))
}

/// The body of a kind that sets what an account may do.
fn rule(kind: Kind, bytes: &[u8]) -> Result<Body<'_>, Fault> {
    Ok(match kind {
        Kind::AccountStatus => {
            let status = one::<AccountStatus>(bytes)?;
            check_reserved(status.reserved == [0; 7])?;
            check_field(status.status.into(), Standing::Active as u64, Standing::Closed as u64)?;
            Body::AccountStatus(status)
        }
        Kind::AccountCredit => {
            let credit = one::<AccountCredit>(bytes)?;
            check_range(credit.limit.get(), BALANCE_MAX)?;
            Body::AccountCredit(credit)
        }
        Kind::AccountExclude => Body::AccountExclude(one::<AccountExclude>(bytes)?),
        _ => {
            let limit = one::<AccountLimit>(bytes)?;
            check_reserved(limit.reserved == [0; 6])?;
            check_field(limit.of.into(), LimitOf::Deposits as u64, LimitOf::NetLoss as u64)?;
            check_field(limit.window.into(), LimitWindow::Day as u64, LimitWindow::Month as u64)?;
            check_range(limit.limit.get(), NO_LIMIT)?;
            Body::AccountLimit(limit)
        }
    })
}

fn movement(bytes: &[u8]) -> Result<&Movement, Fault> {
    let movement = one::<Movement>(bytes)?;
    check_reserved(movement.reference.get() != 0 || movement.dated_ms.get() == 0)?;
    check_amount(movement.amount.get())?;
    Ok(movement)
}

fn check_range(value: i64, most: i64) -> Result<(), Fault> {
    match value {
        ..0 => Err(whole(Malformed::FieldOutside, 0)),
        value if value > most => Err(whole(Malformed::FieldOutside, most)),
        _ => Ok(()),
    }
}

impl Movement {
    /// What it is called in statements: its reference, or without one the id of the command.
    pub(crate) fn name(&self, id: u128) -> u128 {
        match self.reference.get() {
            0 => id,
            reference => reference,
        }
    }
}

impl Kind {
    /// Whether it is an operator's command whose owner is an account; the reply shows its balance.
    pub(crate) fn is_about_account(self) -> bool {
        [Kind::TicketVoid, Kind::AccountParent, Kind::CommissionSet].contains(&self)
            || (Kind::AccountStatus as u8..=Kind::OwedWriteOff as u8).contains(&(self as u8))
    }
}

impl Standing {
    /// The standing of this number, if there is one.
    pub fn from_code(code: u8) -> Option<Standing> {
        Some(match code {
            1 => Standing::Active,
            2 => Standing::Suspended,
            3 => Standing::Closed,
            _ => return None,
        })
    }
}

impl LimitOf {
    /// What a limit of this number counts, if there is one.
    pub fn from_code(code: u8) -> Option<LimitOf> {
        Some(match code {
            1 => LimitOf::Deposits,
            2 => LimitOf::Stakes,
            3 => LimitOf::NetLoss,
            _ => return None,
        })
    }
}

impl LimitWindow {
    /// The window of this number, if there is one.
    pub fn from_code(code: u8) -> Option<LimitWindow> {
        Some(match code {
            1 => LimitWindow::Day,
            2 => LimitWindow::Week,
            3 => LimitWindow::Month,
            _ => return None,
        })
    }
}
