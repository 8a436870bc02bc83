//! Tickets: placed and cancelled whole, across the books that they name.

use alloc::vec::Vec;

use zerocopy::little_endian::I64;

use super::{Begun, Call};
use crate::account::Cause;
use crate::book::{Books, Faults, Placed, Placing};
use crate::command::{Bet, Body, Lane, id_time_ms};
use crate::hash::account_partition;
use crate::ids::{Known, Remembered, Scope, TicketRow};
use crate::partition::Partition;
use crate::query::MovementKind;
use crate::refusal::Refusal;
use crate::reply::Refused;

impl Begun {
    /// Places a ticket whose id is new: every owner checks its part, then all take it or none does. The rooms left go
    /// to `rooms`.
    #[inline]
    pub(super) fn place(
        &mut self,
        call: &Call<'_>,
        bets: &[Bet],
        rooms: &mut Vec<I64>,
    ) -> Result<(), Refused> {
        let total = bets.iter().map(|bet| bet.stake.get()).sum();
        let mut found = core::mem::take(&mut self.found);
        found.clear();
        let checked = self.check_place(call, bets, total, &mut found, rooms);
        if checked.is_ok() {
            self.take(call, bets, total, &mut found, rooms);
        }
        self.found = found;
        checked?;
        // Each check has told the room that its bet leaves; later bets of the ticket may have pressed on it too.
        if bets.len() > 1 {
            self.rooms(call, rooms);
        }
        Ok(())
    }

    /// Takes a ticket that all owners have checked; `found` says where each bet's book lies, `rooms` what it leaves.
    fn take(&mut self, call: &Call<'_>, bets: &[Bet], total: i64, found: &mut [(usize, u32)], rooms: &[I64]) {
        let account = call.account.expect("a checked ticket has an account");
        let generation = self.directory.generation(bets);
        let home = &mut self.partitions[call.home];
        let mut row = TicketRow::new(call.id, call.content, account, self.window.tick, bets.len() as u8);
        let ticket = home.stake(self.key, &mut row, total, generation, self.window.now);
        let mut is_near = false;
        for (place, ((bet, found), room)) in bets.iter().zip(found.iter_mut()).zip(rooms).enumerate() {
            let (partition, slot) = *found;
            let books = &mut self.partitions[partition].books;
            let game = &self.games[books.row(slot).game as usize];
            let of = Placed { ticket, generation, partition: call.home as u8, place: place as u8 };
            found.1 = books.place(game, slot, bet, of);
            is_near |= room.get() < game.room_enough();
        }
        self.partitions[call.home].ids.add_ticket(call.id_hash, generation, row, found);
        if is_near {
            self.note_ticket(bets);
        }
    }

    /// Tells which limits a ticket that was placed has reached.
    #[cold]
    fn note_ticket(&mut self, bets: &[Bet]) {
        for (place, bet) in bets.iter().enumerate() {
            let is_first = bets[..place].iter().all(|other| other.book != bet.book);
            if let Some((home, slot)) = self.find_book(bet.book.get()).ok().filter(|_| is_first) {
                let books = &mut self.partitions[home].books;
                let game = books.row(slot).game as usize;
                books.note_ticket(&self.games[game], slot, bets);
                self.hear(home);
            }
        }
    }

    /// Whether all owners take the ticket. Where each bet's book lies goes to `found`, the room that each would
    /// leave to `rooms`.
    #[inline]
    fn check_place(
        &self,
        call: &Call<'_>,
        bets: &[Bet],
        total: i64,
        found: &mut Vec<(usize, u32)>,
        rooms: &mut Vec<I64>,
    ) -> Result<(), Refused> {
        let mut faults = Faults::default();
        let home = &self.partitions[call.home];
        let currency = call.account.map(|slot| home.accounts.row(slot).currency);
        let placing = Placing { bets, now: self.window.now, currency };
        for (place, bet) in bets.iter().enumerate() {
            let (partition, slot) = match self.find_book(bet.book.get()) {
                Ok(found) => found,
                Err(reason) => {
                    faults.add(Refused { reason, bet: place as u8, acceptable: 0 });
                    continue;
                }
            };
            found.push((partition, slot));
            let books = &self.partitions[partition].books;
            let game = &self.games[books.row(slot).game as usize];
            match books.check(game, slot, &placing, place) {
                Ok(left) => rooms.push(left.into()),
                Err(refused) => faults.add(refused),
            }
        }
        match call.account {
            None => faults.add(Refused::whole(Refusal::AccountUnknown, 0)),
            Some(account) => {
                faults.note(home.accounts.check_stake(account, total, self.window.now));
                let most = self.genesis.tickets_max.get();
                if home.ids.ticket_count() >= most.into() {
                    faults.add(Refused::whole(Refusal::CapacityReached, most.into()));
                }
            }
        }
        faults.none_or_first()
    }

    /// Today's room for each bet of a placed ticket.
    #[inline]
    pub(super) fn rooms(&self, call: &Call<'_>, rooms: &mut Vec<I64>) {
        let Body::TicketPlace(bets) = call.command.body else { return };
        rooms.clear();
        for bet in bets {
            let (partition, slot) =
                self.find_book(bet.book.get()).expect("a placed ticket names books that are there");
            let books = &self.partitions[partition].books;
            rooms.push(books.room_of_bet(&self.games[books.row(slot).game as usize], slot, bet).into());
        }
    }

    /// Cancels a ticket of the account, or marks an id that has not come yet so that it never will.
    pub(super) fn cancel(&mut self, call: &Call<'_>, ticket: u128) -> Result<(), Refused> {
        let account = call.account.ok_or(Refused::whole(Refusal::AccountUnknown, 0))?;
        if ticket == call.id {
            // The id is this command's own: no ticket has it, and none can get it.
            return Err(Refused::whole(Refusal::TicketUnknown, 0));
        }
        let window = self.window;
        let scope = Scope { lane: Lane::Bets, owner: call.scope.owner };
        let id_hash = scope.hash(self.key, ticket);
        let home = &self.partitions[call.home];
        let slot = match home.ids.find(id_hash, scope, Some(account), ticket, window.since) {
            Some(Known::Ticket(slot)) => slot,
            Some(Known::Remembered(slot)) if home.ids.remembered(slot).is_mark != 0 => {
                return Err(Refused::whole(Refusal::TicketCancelled, 0));
            }
            Some(Known::Remembered(_)) => return Err(Refused::whole(Refusal::TicketUnknown, 0)),
            None if self.is_archived(ticket) => return Err(Refused::whole(Refusal::Archived, 0)),
            None => {
                let time = id_time_ms(ticket);
                if time <= window.floor_ms.max(home.accounts.row(account).floor_ms())
                    || time > window.ahead_ms
                {
                    return Err(Refused::whole(Refusal::TicketUnknown, 0));
                }
                let mut mark = Remembered::new(scope, ticket, 0);
                (mark.time, mark.tick, mark.is_mark) = (window.now, window.tick, 1);
                let most = self.genesis.refused_ids_max.get();
                self.partitions[call.home].remember_refused(self.key, id_hash, mark, most);
                return Ok(());
            }
        };
        let check = |books: &Books, bet, place, faults: &mut Faults| {
            books.check_cancel(bet, place, window.now, faults);
        };
        self.take_back(call.home, account, slot, check)
    }

    /// What an account, which lies at `slot` of its partition, has used an id for.
    pub(super) fn known(&self, account: u64, slot: u32, id: u128) -> Option<Known> {
        let scope = Scope { lane: Lane::Bets, owner: account };
        let home = &self.partitions[account_partition(account, self.partitions.len())];
        home.ids.find(scope.hash(self.key, id), scope, Some(slot), id, self.window.since)
    }

    /// Whether a ticket that is not found may have left memory.
    fn is_archived(&self, ticket: u128) -> bool {
        let archived_ms = self.partitions.iter().map(Partition::archived_ms).max().unwrap_or(0);
        id_time_ms(ticket) <= archived_ms
    }

    /// Why a ticket is not found.
    pub(super) fn missing_ticket(&self, ticket: u128) -> Refusal {
        if self.is_archived(ticket) { Refusal::Archived } else { Refusal::TicketUnknown }
    }

    /// The slot of a ticket of an account, which lies at `slot` of its partition.
    pub(super) fn known_ticket(&self, account: u64, slot: u32, id: u128) -> Result<u32, Refusal> {
        match self.known(account, slot, id) {
            Some(Known::Ticket(ticket)) => Ok(ticket),
            Some(Known::Remembered(_)) => Err(Refusal::TicketUnknown),
            None => Err(self.missing_ticket(id)),
        }
    }

    /// Cancels a ticket of an account as an operator: as long as no draw that it names has ended.
    pub(super) fn void(&mut self, owner: u64, ticket: u128) -> Result<(), Refused> {
        let home = account_partition(owner, self.partitions.len());
        let partition = &self.partitions[home];
        let account =
            partition.accounts.find(self.key, owner).ok_or(Refused::whole(Refusal::AccountUnknown, 0))?;
        match self.known(owner, account, ticket) {
            Some(Known::Ticket(slot)) => self.take_back(home, account, slot, Books::check_void),
            Some(Known::Remembered(slot)) if partition.ids.remembered(slot).is_mark != 0 => {
                Err(Refused::whole(Refusal::TicketCancelled, 0))
            }
            Some(Known::Remembered(_)) => Err(Refused::whole(Refusal::TicketUnknown, 0)),
            None => Err(Refused::whole(self.missing_ticket(ticket), 0)),
        }
    }

    /// Takes a whole ticket back if each of its bets passes a check, and returns its stakes to the account.
    fn take_back(
        &mut self,
        home: usize,
        account: u32,
        ticket: u32,
        check: impl Fn(&Books, u32, u8, &mut Faults),
    ) -> Result<(), Refused> {
        let ids = &self.partitions[home].ids;
        let row = *ids.ticket(ticket);
        if row.cancelled != 0 {
            return Err(Refused::whole(Refusal::TicketCancelled, 0));
        }
        let mut faults = Faults::default();
        for place in 0..row.bets {
            let (partition, bet) = ids.bet(&row, place);
            check(&self.partitions[partition].books, bet, place, &mut faults);
        }
        faults.none_or_first()?;
        let mut refund = 0;
        for place in 0..row.bets {
            let (partition, bet) = self.partitions[home].ids.bet(&row, place);
            refund += self.partitions[partition].books.cancel(&self.games, bet);
        }
        let home = &mut self.partitions[home];
        let cause = Cause::new(MovementKind::Returned, row.id);
        home.accounts.give_back(account, refund, cause, self.window.now);
        home.ids.cancel(ticket);
        self.hear_all();
        Ok(())
    }
}
