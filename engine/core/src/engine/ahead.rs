//! Runs a tick's commands, looking ahead so that the rows they need have arrived in the cache by their turn.
//!
//! Looking ahead reads and hints; it decides nothing. Each command is looked at three times: first its index buckets
//! are asked for, then the account's row behind them, then it is run.

use zerocopy::FromBytes;

use super::{Begun, Call, Outbox, Place};
use crate::command::{Bet, Header, Kind, Lane, command_len, parse};
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
    /// From its first byte to the end of the tick.
    bytes: &'a [u8],
    scope: Scope,
    home: u32,
    id_hash: u32,
    owner_hash: u32,
}

impl Begun {
    pub(super) fn run_all(&mut self, commands: &[u8], out: &mut Outbox) {
        let mut window = [Seen::NONE; WINDOW];
        let (mut first, mut last) = (0, 0);
        let mut rest = commands;
        loop {
            while last - first < WINDOW
                && let Some((seen, behind)) = self.look(rest)
            {
                window[last % WINDOW] = seen;
                last += 1;
                rest = behind;
                if last - first > HALF {
                    self.look_again(&window[(last - 1 - HALF) % WINDOW]);
                }
            }
            if first == last {
                break;
            }
            self.run_seen(&window[first % WINDOW], out);
            first += 1;
        }
        if !rest.is_empty() {
            // What does not even begin like a command ends the tick, with one answer.
            self.run_seen(&Seen { bytes: rest, ..Seen::NONE }, out);
        }
    }

    /// Asks for what the next command needs first; gives what lies behind it. Nothing if its length cannot be believed.
    #[inline]
    fn look<'a>(&self, commands: &'a [u8]) -> Option<(Seen<'a>, &'a [u8])> {
        let behind = &commands[command_len(commands)?..];
        let (header, _) = Header::ref_from_prefix(commands).ok()?;
        let (lane, owner) = if header.kind < Kind::GameDefine as u8 {
            (Lane::Bets, header.owner.get())
        } else {
            (Lane::Operators, header.actor.get().into())
        };
        let scope = Scope { lane, owner };
        let home = account_partition(owner, self.partitions.len());
        let (id_hash, owner_hash) = (scope.hash(self.key, header.id.get()), self.key.owner(owner));
        let partition = &self.partitions[home];
        partition.ids.prefetch(id_hash);
        partition.accounts.prefetch_index(owner_hash);
        Some((Seen { bytes: commands, scope, home: home as u32, id_hash, owner_hash }, behind))
    }

    /// Asks for what can only be found once the first look's hints have arrived: the account's row, and the last bet
    /// on the number, which the new one is chained to.
    #[inline]
    fn look_again(&self, seen: &Seen<'_>) {
        if seen.scope.lane == Lane::Operators {
            return;
        }
        self.partitions[seen.home as usize].accounts.prefetch_row(seen.owner_hash);
        if let Ok((header, body)) = Header::ref_from_prefix(seen.bytes)
            && header.kind == Kind::TicketPlace as u8
            && let Ok((bet, _)) = Bet::ref_from_prefix(body)
            && let Some(Place { home, slot, .. }) = self.directory_entry(bet.book.get())
        {
            let books = &self.partitions[*home as usize].books;
            books.prefetch_last_bet(&self.games[books.row(*slot).game as usize], *slot, bet);
        }
    }

    #[inline]
    fn run_seen(&mut self, seen: &Seen<'_>, out: &mut Outbox) {
        out.count += 1;
        let command = match parse(seen.bytes, None) {
            Ok(command) => command,
            Err(fault) => return push_fault(&mut out.replies, &fault),
        };
        let home = seen.home as usize;
        let account = match seen.scope.lane {
            Lane::Bets => self.partitions[home].accounts.find_hashed(seen.owner_hash, seen.scope.owner),
            Lane::Operators => None,
        };
        let call = Call {
            command,
            scope: seen.scope,
            home,
            account,
            id: command.header.id.get(),
            id_hash: seen.id_hash,
            content: self.key.content(command.bytes),
        };
        self.run(&call, out);
    }
}

impl Seen<'_> {
    const NONE: Seen<'static> =
        Seen { bytes: &[], scope: Scope { lane: Lane::Bets, owner: 0 }, home: 0, id_hash: 0, owner_hash: 0 };
}
