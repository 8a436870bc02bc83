//! The first look at a run: which commands are whose, and where the first fence stands.

use alloc::vec;
use alloc::vec::Vec;

use super::votes::{YES, change_of};
use super::{Located, Owned, Side, Ticket, Walk};
use crate::command::{Bet, Body, Header, Kind};
use crate::engine::Call;
use crate::engine::ahead::Seen;
use crate::hash::{account_partition, book_partition};
use crate::ids::Horizon;
use zerocopy::FromBytes;

/// Whether commands of this kind can be part of a run.
pub(super) fn is_shared(kind: u8) -> bool {
    [Kind::TicketPlace, Kind::Deposit, Kind::Withdraw].map(|shared| shared as u8).contains(&kind)
}

/// What the commands seen so far may do to the ids of a partition.
#[derive(Clone, Copy, Default)]
struct Doing {
    commands: u64,
    tickets: u64,
    /// The ids that its queue of refusals would lose, were all of them refused.
    horizon: Horizon,
}

impl<'t> Side<'_, 't> {
    /// Takes the commands of this shard's accounts, of the first `most`, up to the first that is a fence, and lets the
    /// accounts vote on them.
    pub(super) fn look(&mut self, commands: &'t [u8], most: usize) {
        let mut seen = self.gather(commands, most);
        for (_, _, seen) in &mut seen {
            seen.find_account(&self.partitions[seen.home as usize - self.first]);
        }
        self.balances.clear();
        self.names.clear(seen.len());
        self.votes = vec![YES; self.count];
        self.currencies = vec![0; self.count];
        let mut doing = vec![Doing::default(); self.partitions.len()];
        self.calls.reserve(seen.len());
        for (place, (index, first_bet, seen)) in seen.into_iter().enumerate() {
            let home = seen.home as usize - self.first;
            let call = seen.call(self.rules.key, &self.partitions[home]);
            match call {
                Ok(call) if !self.is_fence(&call, &mut doing[home]) => {
                    let change = change_of(&call.command.body);
                    let end = commands.len() - seen.rest().len() + call.command.bytes.len();
                    self.calls.push(Owned { index, first_bet, end, change, call });
                    self.vote_first(place);
                }
                _ => {
                    self.count = index as usize;
                    return;
                }
            }
        }
    }

    /// The commands of this shard's accounts, with their place and that of their first bet, and what they need asked
    /// for; and the bets on its books. Stops after `most`, or at the first that can tell by its kind that it is a fence.
    fn gather(&mut self, commands: &'t [u8], most: usize) -> Vec<(u32, u32, Seen<'t>)> {
        let range = self.range();
        let at_most = most.min(commands.len() / size_of::<Header>()) / self.rules.shards;
        let mut seen = Vec::with_capacity(at_most);
        self.tickets.reserve(at_most);
        self.bets.reserve(at_most);
        let mut first_bet = 0;
        let mut walk = Walk { rest: commands };
        let mut rest = commands;
        self.count = 0;
        while self.count < most
            && let Some((header, body)) = walk.next().filter(|(header, _)| is_shared(header.kind))
        {
            if range.contains(&account_partition(header.owner.get(), self.rules.partitions)) {
                let command = Seen::new(header, rest, self.rules.key, self.rules.partitions);
                command.prefetch(&self.partitions[command.home as usize - self.first]);
                seen.push((self.count as u32, first_bet, command));
            }
            if header.kind == Kind::TicketPlace as u8 {
                self.locate(header, body, first_bet);
                first_bet += u32::from(header.count);
            }
            self.count += 1;
            rest = walk.rest;
        }
        seen
    }

    /// Finds the bets of a ticket that are on this shard's books. The ticket need not be sound: then its account's shard
    /// makes it a fence.
    #[inline]
    fn locate(&mut self, header: &Header, body: &'t [u8], first_bet: u32) {
        let (range, start) = (self.range(), self.bets.len() as u32);
        let bets = <[Bet]>::ref_from_bytes(body).unwrap_or_default();
        for (place, bet) in bets.iter().enumerate() {
            let (book, found) = (bet.book.get(), self.rules.directory.find(bet.book.get()));
            let home =
                found.map_or_else(|| book_partition(book, self.rules.partitions), |found| found.home.into());
            if !range.contains(&home) {
                continue;
            }
            let (home, slot) = (home - self.first, found.map(|found| found.slot));
            if let Some(slot) = slot {
                let game = &self.rules.games[self.partitions[home].books.row(slot).game as usize];
                self.heaviest = self.heaviest.saturating_add(game.heaviest(bet.stake.get().max(0)));
            }
            self.bets.push(Located { place: place as u8, home: home as u8, slot });
        }
        let own = start..self.bets.len() as u32;
        if !own.is_empty() {
            let (index, account) = (self.count as u32, header.owner.get());
            self.tickets.push(Ticket { index, first_bet, account, bets, own });
        }
    }

    /// Forgets what lies behind the first `count` commands.
    pub(super) fn cut(&mut self, count: usize) {
        self.calls.truncate(self.calls.partition_point(|owned| (owned.index as usize) < count));
        self.tickets.truncate(self.tickets.partition_point(|ticket| (ticket.index as usize) < count));
        self.votes.truncate(count);
        self.currencies.truncate(count);
    }

    /// Whether a command can only run alone: it repeats an id, or is too early or late for one; or the bounds of its
    /// partition's tables are so near that what it meets there depends on what becomes of the commands before it.
    fn is_fence(&mut self, call: &Call<'_>, doing: &mut Doing) -> bool {
        let (window, genesis) = (self.rules.window, self.rules.genesis);
        doing.commands += 1;
        doing.tickets += u64::from(matches!(call.command.body, Body::TicketPlace(_)));
        if !self.is_simple(call, doing.commands) {
            return true;
        }
        let home = &self.partitions[call.home - self.first];
        let most = genesis.refused_ids_max.get().into();
        let lost_ms = home.ids.latest_lost(&mut doing.horizon, doing.commands, most);
        let time_ms = call.command.header.id_time_ms();
        let floor_ms = window.floor_ms.max(home.floor_of(call.scope, call.account)).max(lost_ms);
        if time_ms <= floor_ms || time_ms > window.ahead_ms {
            return true;
        }
        if home.ids.ticket_count() + doing.tickets > genesis.tickets_max.get().into() {
            return true;
        }
        if home.ids.find(call.id_hash, call.scope, call.account, call.id, window.since).is_some() {
            return true;
        }
        self.is_repeated(call.home, call.id_hash.into())
    }

    /// Whether a command adds to sums of its account or takes from them, and does nothing else: a reference is new, and a
    /// deposit repays nothing. A command of no account is refused, which is simple.
    fn is_simple(&mut self, call: &Call<'_>, behind: u64) -> bool {
        let Some(slot) = call.account else { return true };
        let accounts = &self.partitions[call.home - self.first].accounts;
        let (movement, kind) = match call.command.body {
            Body::Deposit(movement) => (movement, Kind::Deposit),
            Body::Withdraw(movement) => (movement, Kind::Withdraw),
            _ => return true,
        };
        if (kind == Kind::Deposit && accounts.row(slot).owed != 0)
            || !accounts.is_new(slot, kind, movement, self.rules.window.now, behind)
        {
            return false;
        }
        let reference = movement.reference.get();
        let hash = self.rules.key.id(slot.into(), reference);
        reference == 0 || !self.is_repeated(call.home, 1 << 32 | u64::from(hash))
    }

    /// Whether a name of the partition was seen before in this run. Two ids or references that hash alike are taken for a
    /// repetition, which costs time and nothing else.
    fn is_repeated(&mut self, home: usize, name: u64) -> bool {
        !self.names.insert((home as u64 + 1) << 33 | name)
    }
}
