//! Runs a tick's commands, looking ahead so that the rows they need have arrived in the cache by their turn.
//!
//! Looking ahead reads and hints; it decides nothing. Each command is looked at three times: first its index buckets
//! are asked for, then the account's row behind them, then it is run.

use zerocopy::FromBytes;

use super::{Begun, Call, Outbox, Place};
use crate::command::{Bet, Fault, Header, Kind, Lane, command_len, parse};
use crate::hash::{HashKey, account_partition};
use crate::ids::Scope;
use crate::partition::Partition;
use crate::reply::push_fault;
use crate::storage::lists::NONE;

/// Commands between the first look and the run. A power of two.
const WINDOW: usize = 16;
/// Commands between the second look and the run.
const HALF: usize = WINDOW / 2;

/// A command that was looked at and has not run.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    /// From its first byte to the end of the tick.
    bytes: &'a [u8],
    scope: Scope,
    pub(super) home: u32,
    id_hash: u32,
    owner_hash: u32,
    /// Where its account was at the second look; [`NONE`] if it was not found then.
    account: u32,
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
                    self.look_again(&mut window[(last - 1 - HALF) % WINDOW]);
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
        let seen = Seen::new(header, commands, self.key, self.partitions.len());
        seen.prefetch(&self.partitions[seen.home as usize]);
        Some((seen, behind))
    }

    /// Asks for what can only be found once the first look's hints have arrived: the account's row, and the last bet
    /// on the number, which the new one is chained to.
    #[inline]
    fn look_again(&self, seen: &mut Seen<'_>) {
        if seen.scope.lane == Lane::Operators {
            return;
        }
        seen.find_account(&self.partitions[seen.home as usize]);
        if let Ok((header, body)) = Header::ref_from_prefix(seen.bytes)
            && header.kind == Kind::TicketPlace as u8
            && let Ok((bet, _)) = Bet::ref_from_prefix(body)
            && let Some(Place { home, slot, .. }) = self.directory.find_near(bet.book.get())
        {
            let books = &self.partitions[usize::from(home)].books;
            books.prefetch_last_bet(&self.games[books.row(slot).game as usize], slot, bet);
        }
    }

    #[inline]
    fn run_seen(&mut self, seen: &Seen<'_>, out: &mut Outbox) {
        let command = out.begin_command();
        match seen.call(self.key, &self.partitions[seen.home as usize]) {
            Ok(call) => self.run(&call, out),
            Err(fault) => push_fault(&mut out.replies, &fault),
        }
        self.give_events(out, command);
    }
}

impl<'a> Seen<'a> {
    const NONE: Seen<'static> = Seen {
        bytes: &[],
        scope: Scope { lane: Lane::Bets, owner: 0 },
        home: 0,
        id_hash: 0,
        owner_hash: 0,
        account: NONE,
    };

    /// The command that `bytes` begin with, in a ledger of so many partitions.
    #[inline]
    pub(super) fn new(header: &Header, bytes: &'a [u8], key: HashKey, partitions: usize) -> Seen<'a> {
        let (lane, owner) = if header.kind < Kind::GameDefine as u8 {
            (Lane::Bets, header.owner.get())
        } else {
            (Lane::Operators, header.actor.get().into())
        };
        let scope = Scope { lane, owner };
        let home = account_partition(owner, partitions) as u32;
        let (id_hash, owner_hash) = (scope.hash(key, header.id.get()), key.owner(owner));
        Seen { bytes, scope, home, id_hash, owner_hash, account: NONE }
    }

    /// Finds its account, if it is open by now, and asks for its row.
    #[inline]
    pub(super) fn find_account(&mut self, home: &Partition) {
        if let Some(slot) = home.accounts.find_hinted(self.owner_hash) {
            self.account = slot;
        }
    }

    /// Asks for what is needed of its partition first: the buckets of its id and of its account.
    #[inline]
    pub(super) fn prefetch(&self, home: &Partition) {
        home.ids.prefetch(self.id_hash);
        home.accounts.prefetch_index(self.owner_hash);
    }

    /// From its first byte to the end of the tick.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The command, with its account found.
    #[inline]
    pub(super) fn call(&self, key: HashKey, home: &Partition) -> Result<Call<'a>, Fault> {
        let command = parse(self.bytes, None)?;
        let account = match self.scope.lane {
            Lane::Bets if self.account != NONE && home.accounts.row(self.account).id == self.scope.owner => {
                Some(self.account)
            }
            Lane::Bets => home.accounts.find_hashed(self.owner_hash, self.scope.owner),
            Lane::Operators => None,
        };
        Ok(Call {
            command,
            scope: self.scope,
            home: self.home as usize,
            account,
            id: command.header.id.get(),
            id_hash: self.id_hash,
            content: key.content(command.bytes),
        })
    }
}
