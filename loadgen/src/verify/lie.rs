//! Lies for the record, each of which verification must find: the proof that it can fail.
//!
//! A lie changes the record, never the ledger. To the verification it looks as if the ledger had lost, doubled or
//! broken something.

use std::str::FromStr;

use protocol::refusal::{ACCEPTED, Refusal};
use thiserror::Error;

use crate::record::{Outcome, Record};

/// What to lie about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// The record knows an accepted ticket by another id, as if the ledger had lost an acknowledged ticket.
    LostTicket,
    /// The record has an accepted ticket at twice its stake, as if the ledger had counted only one of two.
    DoubledTicket,
    /// The record has as accepted what a limit refused, as if the ledger had let a bet through its limit.
    OverLimit,
    /// The record has one minor unit more deposited, as if the ledger had lost it.
    LostMoney,
}

/// The record holds nothing that this lie could be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0:?} cannot be planted: the run has no ticket of that kind")]
pub struct NothingToLieAbout(pub Lie);

/// No such lie.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no lie; there are lost-ticket, doubled-ticket, over-limit and lost-money")]
pub struct LieUnknown(String);

impl Lie {
    /// Every lie.
    pub const ALL: [Lie; 4] = [Lie::LostTicket, Lie::DoubledTicket, Lie::OverLimit, Lie::LostMoney];

    /// Plants the lie.
    ///
    /// # Errors
    /// If the record holds nothing to lie about.
    pub fn plant(self, record: &mut Record) -> Result<(), NothingToLieAbout> {
        let nothing = NothingToLieAbout(self);
        if self == Lie::LostMoney {
            *record.accounts.deposits.first_mut().ok_or(nothing)? += 1;
            return Ok(());
        }
        let code = if self == Lie::OverLimit { Refusal::StakeLimitReached as u16 } else { ACCEPTED };
        let found = record.strands.iter_mut().find_map(|strand| {
            let place = (0..strand.sent.len()).find(|&place| strand.ticket(place).outcome.code == code)?;
            Some((strand, place))
        });
        let (strand, place) = found.ok_or(nothing)?;
        match self {
            Lie::OverLimit => {
                strand.retell(place, Outcome::new(ACCEPTED, strand.ticket(place).outcome.tick()))
            }
            Lie::DoubledTicket => strand.sent.restake(place, strand.ticket(place).wagers[0].stake * 2),
            Lie::LostTicket | Lie::LostMoney => strand.sent.rename(place),
        }
        Ok(())
    }
}

impl FromStr for Lie {
    type Err = LieUnknown;

    fn from_str(name: &str) -> Result<Lie, LieUnknown> {
        Ok(match name {
            "lost-ticket" => Lie::LostTicket,
            "doubled-ticket" => Lie::DoubledTicket,
            "over-limit" => Lie::OverLimit,
            "lost-money" => Lie::LostMoney,
            _ => return Err(LieUnknown(name.to_owned())),
        })
    }
}
