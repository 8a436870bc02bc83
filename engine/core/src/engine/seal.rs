//! Closing a draw, and the walk over its bets that seals it.
//!
//! Each bet that stood at the close is visited once, in the order in which they were placed, with its ticket and its
//! account. These lie anywhere: what a block of bets needs is asked for before it is looked at.

use alloc::vec::Vec;

use super::Begun;
use crate::book::{BetRow, SEAL_BLOCK, SealedBet};
use crate::reply::Refused;

/// A bet that stood at the close, with what its ticket and its account say.
struct Visit {
    bet: BetRow,
    /// Its ticket's id, and its account's slot and id.
    ticket: u128,
    account: u32,
    account_id: u64,
}

impl Begun {
    /// Closes a draw by command, and seals the first of its bets.
    pub(super) fn close(&mut self, book: u32) -> Result<(), Refused> {
        let (home, slot) = self.find_book(book).map_err(|refusal| Refused::whole(refusal, 0))?;
        let books = &mut self.partitions[home].books;
        let game = &self.games[books.row(slot).game as usize];
        books.close(game, slot, self.window.now)?;
        self.seal_some(home, slot);
        self.partitions[home].books.seal_later(slot);
        self.hear(home);
        self.partitions[home].books.commissions.end_turn();
        Ok(())
    }

    /// Seals as many bets of a closed draw as a tick may.
    pub(super) fn seal_some(&mut self, home: usize, slot: u32) {
        let blocks = (self.genesis.sealed_per_tick.get() / SEAL_BLOCK).max(1);
        let (mut bets, mut visits, mut block) = (Vec::new(), Vec::new(), Vec::new());
        let mut sellers = self.agents.sellers();
        for _ in 0..blocks {
            if self.partitions[home].books.is_sealing(slot).is_none() {
                break;
            }
            self.partitions[home].books.next_to_seal(slot, &mut bets);
            self.visit(&bets, &mut visits);
            if let Some(sellers) = &mut sellers {
                let sold = visits.iter().map(|visit| (visit.account_id, visit.bet.stake));
                self.accrue(home, slot, sold, sellers);
            }
            self.sealed(home, slot, &visits, &mut block);
            self.partitions[home].books.seal_block(slot, &block);
        }
        self.partitions[home].books.begin_posting(slot);
    }

    /// Looks up the tickets and accounts of bets, each step for all of them before the next.
    fn visit(&self, bets: &[BetRow], visits: &mut Vec<Visit>) {
        let owner = |bet: &BetRow| &self.partitions[usize::from(bet.ticket_partition)];
        for bet in bets {
            owner(bet).ids.prefetch_ticket(bet.ticket);
        }
        visits.clear();
        for bet in bets {
            let owner = owner(bet);
            let ticket = owner.ids.ticket(bet.ticket);
            owner.accounts.prefetch(ticket.account);
            visits.push(Visit { bet: *bet, ticket: ticket.id, account: ticket.account, account_id: 0 });
        }
        for visit in visits {
            visit.account_id = owner(&visit.bet).accounts.row(visit.account).id;
        }
    }

    /// Bets as they stand in the chain.
    fn sealed(&self, home: usize, slot: u32, visits: &[Visit], block: &mut Vec<SealedBet>) {
        let game = &self.games[self.partitions[home].books.row(slot).game as usize];
        block.clear();
        block.extend(visits.iter().map(|visit| SealedBet {
            ticket: visit.ticket.into(),
            account: visit.account_id.into(),
            stake: visit.bet.stake.into(),
            number: visit.bet.number.into(),
            play: game.plays()[usize::from(visit.bet.play)].code,
            place: visit.bet.place,
            reserved: 0.into(),
        }));
    }
}
