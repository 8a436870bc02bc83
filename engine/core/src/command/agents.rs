//! Agents: the bodies of the commands that open accounts under others, say whom a principal stands for and what share of
//! the stakes an account gets, and how they are written and read.

use zerocopy::IntoBytes;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::build::Commands;
use super::parse::{check_field, check_reserved, one, whole};
use super::{Body, Fault, Kind, PPM};
use crate::refusal::Malformed;

/// Most accounts on a path of the tree, from the root down.
pub const AGENT_DEPTH_MAX: usize = 8;
/// Most periods of commission that an account keeps.
pub const PERIODS_MAX: usize = 8;
/// Most principals that stand for an account.
pub const PRINCIPALS_MAX: u32 = 65_536;
/// Most accounts with a parent, or with periods of commission, that a ledger may be begun with room for.
pub const AGENT_ROWS_MAX: u32 = 1 << 26;
/// How long a period of commission is kept after its end, at least, ns: 24 hours.
pub const PERIOD_KEPT_NS: u64 = 24 * 60 * 60 * 1_000_000_000;

/// Opens an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountOpen {
    /// ISO 4217 number, 1 to 999 (PHP is 608).
    pub currency: U16,
    /// Zero.
    pub reserved: [u8; 6],
    /// The account that it stands under, of the same currency; 0: none.
    pub parent: U64,
}

/// Says whom a principal stands for. Owner: the principal's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct PrincipalSet {
    /// From now on the principal may act for this account and those below it only; 0: for all again.
    pub account: U64,
}

/// Puts an account, and all that stand under it, under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountParent {
    /// An account of the same currency; 0: none.
    pub parent: U64,
}

/// Gives an account a share of the stakes that it, and those below it, sell. The period that was set last holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct CommissionSet {
    /// Parts per million of the stakes, 0 to [`PPM`].
    pub ppm: U32,
    /// Zero.
    pub reserved: U32,
    /// Of draws that close from then on, nanoseconds since the Unix epoch.
    pub from: U64,
    /// Of draws that close before then, nanoseconds since the Unix epoch, above `from`; 0: for ever.
    pub until: U64,
}

impl Commands {
    /// Opens an account in a currency (ISO 4217 number).
    pub fn account_open(&mut self, id: u128, account: u64, currency: u16) {
        self.account_open_under(id, account, currency, 0);
    }

    /// Opens an account in a currency (ISO 4217 number), under another (0: under none).
    pub fn account_open_under(&mut self, id: u128, account: u64, currency: u16, parent: u64) {
        let body = AccountOpen { currency: currency.into(), reserved: [0; 6], parent: parent.into() };
        self.push(Kind::AccountOpen, 0, id, account, &[body.as_bytes()]);
    }

    /// Lets a principal act for an account and those below it only; 0: for all.
    pub fn principal_set(&mut self, id: u128, principal: u32, account: u64) {
        let body = PrincipalSet { account: account.into() };
        self.push(Kind::PrincipalSet, 0, id, principal.into(), &[body.as_bytes()]);
    }

    /// Puts an account under another; 0: under none.
    pub fn account_parent(&mut self, id: u128, account: u64, parent: u64) {
        let body = AccountParent { parent: parent.into() };
        self.push(Kind::AccountParent, 0, id, account, &[body.as_bytes()]);
    }

    /// Gives an account a share of the stakes of draws that close from a time on until another (0: for ever).
    pub fn commission_set(&mut self, id: u128, account: u64, ppm: u32, from: u64, until: u64) {
        let (from, until) = (from.into(), until.into());
        let body = CommissionSet { ppm: ppm.into(), reserved: 0.into(), from, until };
        self.push(Kind::CommissionSet, 0, id, account, &[body.as_bytes()]);
    }
}

/// Bytes of the body of a kind that is about agents; `None` for every other kind.
pub(super) fn len_of(kind: Kind) -> Option<usize> {
    Some(match kind {
        Kind::AccountOpen => size_of::<AccountOpen>(),
        Kind::PrincipalSet => size_of::<PrincipalSet>(),
        Kind::AccountParent => size_of::<AccountParent>(),
        Kind::CommissionSet => size_of::<CommissionSet>(),
        _ => return None,
    })
}

/// The body of a kind that is about agents, checked; `None` for every other kind.
pub(super) fn body_of(kind: Kind, bytes: &[u8]) -> Result<Option<Body<'_>>, Fault> {
    Ok(Some(match kind {
        Kind::AccountOpen => {
            let open = one::<AccountOpen>(bytes)?;
            check_reserved(open.reserved == [0; 6])?;
            check_field(u64::from(open.currency.get()), 1, 999)?;
            Body::AccountOpen(open)
        }
        Kind::PrincipalSet => Body::PrincipalSet(one::<PrincipalSet>(bytes)?),
        Kind::AccountParent => Body::AccountParent(one::<AccountParent>(bytes)?),
        Kind::CommissionSet => {
            let set = one::<CommissionSet>(bytes)?;
            check_reserved(set.reserved.get() == 0)?;
            check_field(set.ppm.get().into(), 0, PPM.into())?;
            if set.until.get() != 0 && set.until.get() <= set.from.get() {
                return Err(whole(Malformed::FieldOutside, i64::MAX));
            }
            Body::CommissionSet(set)
        }
        _ => return Ok(None),
    }))
}
