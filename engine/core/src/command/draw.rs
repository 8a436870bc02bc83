//! Draws: the bodies of what operators ask of them.

use zerocopy::little_endian::{I64, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::GAME_GROUPS_MAX;
#[cfg(doc)]
use super::{CLEAR_OVERRIDE, NO_LIMIT};

/// Creates a draw. Times are nanoseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct DrawCreate {
    /// The game.
    pub game: U64,
    /// Opens then by itself; 0: by command only.
    pub opens_at: U64,
    /// The cut-off: closes then by itself.
    pub closes_at: U64,
    /// When settlement is planned.
    pub settles_at: U64,
    /// The game's version.
    pub version: U16,
    /// ISO 4217 number.
    pub currency: U16,
    /// 1: clients may cancel until it closes. 0: they may not.
    pub cancellable: u8,
    /// 1: a result settles once a second principal has given the same. 0: at once.
    pub confirmed: u8,
    /// Zero.
    pub reserved: [u8; 2],
    /// Most payout if a number came as the only one and of tier 1, minor units, or [`NO_LIMIT`].
    pub payout_limit: I64,
    /// Most stake of the whole draw, minor units, or [`NO_LIMIT`].
    pub draw_stake_limit: I64,
    /// Most payout on any number, also on those with an override, minor units, or [`NO_LIMIT`].
    pub draw_payout_limit: I64,
    /// Most stake per number (or class, for plays in any order), by the group of the play, or [`NO_LIMIT`]; groups
    /// without a play are 0.
    pub stake_limit: [I64; GAME_GROUPS_MAX],
}

/// Which limit a [`LimitSet`] moves. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LimitScope {
    /// Stake on every number of a play's group that has no override.
    StakeDefault = 1,
    /// Stake on one number of a play (its whole class, in any order) and of those that share its count.
    StakeOverride = 2,
    /// Payout on every number that has no override.
    PayoutDefault = 3,
    /// Payout on one number.
    PayoutOverride = 4,
    /// Stake of the whole draw.
    DrawStake = 5,
    /// Payout on any number, also on those with an override.
    DrawPayout = 6,
}

/// Moves a limit of a draw, also while bets arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct LimitSet {
    /// A [`LimitScope`].
    pub scope: u8,
    /// The play, for scopes that name one; else 0.
    pub play: u8,
    /// The number, for overrides; else 0.
    pub number: U16,
    /// Zero.
    pub reserved: U32,
    /// Minor units from 0, or [`NO_LIMIT`]; for overrides also [`CLEAR_OVERRIDE`].
    pub limit: I64,
}

/// Blocks or unblocks a number: a blocked one refuses every bet that would pay if it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct NumberBlock {
    /// The number.
    pub number: U16,
    /// 1 or 0.
    pub blocked: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

/// A result of a draw; its winning numbers follow, u16 × count, in order, padded with zeros to a multiple of 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct DrawResult {
    /// The draw's seal, as a read of the draw shows it: it says which bets the result is given for.
    pub seal: [u8; 32],
}
