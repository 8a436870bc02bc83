//! The first look at a run: which commands are whose, and where the first fence stands.

use alloc::vec;
use alloc::vec::Vec;

use super::{Owned, Side, Walk};
use crate::command::{Body, Header, Kind};
use crate::engine::Call;
use crate::engine::ahead::Seen;
use crate::ids::Horizon;

/// Whether commands of this kind can be part of a run.
pub(super) fn is_shared(kind: u8) -> bool {
    [Kind::TicketPlace, Kind::Deposit, Kind::Withdraw].map(|shared| shared as u8).contains(&kind)
}

/// Bets of a ticket; other commands have none.
pub(super) fn bets_of(header: &Header) -> u32 {
    if header.kind == Kind::TicketPlace as u8 { header.count.into() } else { 0 }
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
    /// Takes the commands of this shard's accounts, of the first `most`, up to the first that is a fence.
    pub(super) fn look(&mut self, commands: &'t [u8], most: usize) {
        let mut seen = self.gather(commands, most);
        for (_, _, seen) in &mut seen {
            seen.find_account(&self.partitions[seen.home as usize - self.first]);
        }
        self.balances.clear();
        let mut doing = vec![Doing::default(); self.partitions.len()];
        self.calls.reserve(seen.len());
        for (index, first_bet, seen) in seen {
            let home = seen.home as usize - self.first;
            let call = seen.call(self.rules.key, &self.partitions[home]);
            match call {
                Ok(call) if !self.is_fence(&call, &mut doing[home]) => {
                    self.calls.push(Owned { index, first_bet, call });
                }
                _ => {
                    self.count = index as usize;
                    return;
                }
            }
        }
    }

    /// The commands of this shard's accounts, with their place and that of their first bet, and what they need asked
    /// for. Stops after `most`, or at the first that can tell by its kind that it is a fence.
    fn gather(&mut self, commands: &'t [u8], most: usize) -> Vec<(u32, u32, Seen<'t>)> {
        let range = self.range();
        let at_most = most.min(commands.len() / size_of::<Header>());
        let mut seen = Vec::with_capacity(at_most / self.rules.shards);
        let mut first_bet = 0;
        let mut walk = Walk { rest: commands };
        let mut rest = commands;
        self.count = 0;
        while self.count < most
            && let Some((header, _)) = walk.next().filter(|(header, _)| is_shared(header.kind))
        {
            let command = Seen::new(header, rest, self.rules.key, self.rules.partitions);
            if range.contains(&(command.home as usize)) {
                command.prefetch(&self.partitions[command.home as usize - self.first]);
                seen.push((self.count as u32, first_bet, command));
            }
            first_bet += bets_of(header);
            self.count += 1;
            rest = walk.rest;
        }
        seen
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
        let name = (home as u64) << 33 | name;
        let is_repeated = self.balances.of(name).range(0) != (0, 0);
        self.balances.add(name, 1, true);
        is_repeated
    }
}
