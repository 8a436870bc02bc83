//! Runs a tick's commands, looking ahead so that the rows they need have arrived in the cache by their turn.
//!
//! Looking ahead reads and hints; it decides nothing. Each command is looked at three times: first its index buckets
//! are asked for, then the account's row behind them, then it is run.

use super::{Begun, Call, Outbox, next_command};
use crate::command::{Command, Fault, Lane};
use crate::hash::account_partition;
use crate::ids::Scope;
use crate::reply::push_fault;

/// Commands between the first look and the run. A power of two.
const WINDOW: usize = 16;
/// Commands between the second look and the run.
const HALF: usize = WINDOW / 2;

/// A command that was looked at and has not run.
#[derive(Clone, Copy)]
struct Seen<'a> {
    command: Command<'a>,
    scope: Scope,
    home: usize,
    id: u128,
    id_hash: u32,
    owner_hash: u32,
}

impl Begun {
    pub(super) fn run_all(&mut self, mut commands: &[u8], out: &mut Outbox) {
        let mut window = [None::<Result<Seen<'_>, Fault>>; WINDOW];
        let (mut first, mut last) = (0, 0);
        loop {
            while last - first < WINDOW {
                let Some((command, rest)) = next_command(commands) else { break };
                commands = rest;
                window[last % WINDOW] = Some(command.map(|command| self.look(command)));
                last += 1;
                if last - first > HALF {
                    self.look_again(&window[(last - 1 - HALF) % WINDOW]);
                }
            }
            let Some(next) = window[first % WINDOW].take() else { break };
            first += 1;
            out.count += 1;
            match next {
                Ok(seen) => self.run(&self.call(&seen), out),
                Err(fault) => push_fault(&mut out.replies, &fault),
            }
        }
    }

    #[inline]
    fn look<'a>(&self, command: Command<'a>) -> Seen<'a> {
        let header = command.header;
        let lane = if command.kind().lane() == Some(Lane::Bets) { Lane::Bets } else { Lane::Operators };
        let owner = match lane {
            Lane::Bets => header.owner.get(),
            Lane::Operators => header.actor.get().into(),
        };
        let scope = Scope { lane, owner };
        let home = account_partition(owner, self.partitions.len());
        let id = header.id.get();
        let (id_hash, owner_hash) = (scope.hash(self.key, id), self.key.owner(owner));
        let partition = &self.partitions[home];
        partition.ids.prefetch(id_hash);
        partition.accounts.prefetch_index(owner_hash);
        Seen { command, scope, home, id, id_hash, owner_hash }
    }

    #[inline]
    fn look_again(&self, seen: &Option<Result<Seen<'_>, Fault>>) {
        if let Some(Ok(seen)) = seen
            && seen.scope.lane == Lane::Bets
        {
            self.partitions[seen.home].accounts.prefetch_row(seen.owner_hash);
        }
    }

    #[inline]
    fn call<'a>(&self, seen: &Seen<'a>) -> Call<'a> {
        let accounts = &self.partitions[seen.home].accounts;
        let account = match seen.scope.lane {
            Lane::Bets => accounts.find_hashed(seen.owner_hash, seen.scope.owner),
            Lane::Operators => None,
        };
        Call {
            command: seen.command,
            scope: seen.scope,
            home: seen.home,
            account,
            id: seen.id,
            id_hash: seen.id_hash,
            content: self.key.content(seen.command.bytes),
        }
    }
}
