//! Writes what was decided: each partition walks its commands once, in index order.
//!
//! Accounts go first, for a bet names its ticket; then books, for a ticket names its bets; then accounts answer.

use alloc::vec;
use alloc::vec::Vec;

use zerocopy::little_endian::I64;

use super::votes::{NO, YES};
use super::{Decided, Located, Owned, Side, Ticket};
use crate::book::{Faults, Placed as OfTicket, Placing};
use crate::command::{Bet, Body};
use crate::crew::Crew;
use crate::engine::Outbox;
use crate::event::{Event, push_events_of};
use crate::game::Game;
use crate::hash::{account_partition, book_partition};
use crate::ids::TicketRow;
use crate::partition::Partition;
use crate::refusal::Refusal;
use crate::reply::{Refused, push_accepted, push_refused};

/// Commands between asking for the rows that one writes and writing them.
const AHEAD: usize = 16;
/// Bytes of most answers.
const REPLY_BYTES: usize = 32;

/// What the accounts of a shard did.
#[derive(Default)]
pub(super) struct Debited {
    /// By command: the slot of its ticket, where one was accepted here.
    tickets: Vec<u32>,
    /// By call of this shard: the available balance after it, and what its account has against it.
    balances: Vec<(i64, Faults)>,
}

/// What the books of a shard did.
#[derive(Default)]
pub(super) struct Placed {
    /// By bet of the run: what became of those that were taken here.
    bets: Vec<Taken>,
    /// The tickets that were refused, in order, with what these books have against them.
    faults: Vec<(u32, Faults)>,
    /// What these books have to tell, each with its command's place in the run.
    events: Vec<Event>,
}

/// A bet that was taken.
#[derive(Clone, Copy, Default)]
struct Taken {
    partition: u32,
    slot: u32,
    /// The room that its ticket left for another like it.
    room: i64,
}

/// The answers of a shard to its calls, in order.
#[derive(Default)]
pub(super) struct Answers {
    replies: Vec<u8>,
    /// Commands answered, and the length of each answer.
    lens: Vec<(u32, u32)>,
}

/// Finishes a run and appends its replies.
pub(super) fn finish<C: Crew>(sides: &mut [Side<'_, '_>], known: &Decided, out: &mut Outbox, crew: &mut C) {
    let (fates, currencies) = (&known.fates[..], &known.currencies[..]);
    crew.each(sides, |_, side| side.debited = side.debit(fates));
    let debited: Vec<Debited> = sides.iter_mut().map(|side| core::mem::take(&mut side.debited)).collect();
    crew.each(sides, |_, side| side.placed = side.place(fates, known.bets, currencies, &debited));
    let mut placed: Vec<Placed> = sides.iter_mut().map(|side| core::mem::take(&mut side.placed)).collect();
    let events: Vec<Event> = placed.iter_mut().flat_map(|placed| placed.events.drain(..)).collect();
    let first = out.next_command();
    push_events_of(&mut out.events, events, first);
    crew.each(sides, |shard, side| side.answers = side.answer(fates, &debited[shard], &placed));
    gather_answers(sides, fates.len(), out);
    out.count += fates.len();
    out.accepted += fates.iter().filter(|fate| **fate == YES).count();
}

/// Appends the answers of all shards to a run of `count` commands, in the order of these.
fn gather_answers(sides: &[Side<'_, '_>], count: usize, out: &mut Outbox) {
    let answers = sides.iter().map(|side| (&side.answers.lens[..], &side.answers.replies[..]));
    let mut answers = answers.collect::<Vec<_>>();
    out.replies.reserve(answers.iter().map(|(_, replies)| replies.len()).sum());
    for index in 0..count as u32 {
        let next = answers.iter_mut().find_map(|(lens, replies)| {
            let ((_, len), behind) = lens.split_first().filter(|((of, _), _)| *of == index)?;
            let (reply, rest) = replies.split_at(*len as usize);
            (*lens, *replies) = (behind, rest);
            Some(reply)
        });
        let reply = next.expect("each command of a run was answered");
        match <&[u8; REPLY_BYTES]>::try_from(reply) {
            // Most are of one length, which is copied without a call.
            Ok(reply) => out.replies.extend_from_slice(reply),
            Err(_) => out.replies.extend_from_slice(reply),
        }
    }
}

impl Side<'_, '_> {
    /// Moves money and adds tickets, whose bets are not known yet.
    fn debit(&mut self, fates: &[u8]) -> Debited {
        let mut debited =
            Debited { tickets: vec![0; fates.len()], balances: Vec::with_capacity(self.calls.len()) };
        for (place, Owned { index, change, call, .. }) in self.calls.iter().enumerate() {
            if let Some(Owned { call, .. }) = self.calls.get(place + AHEAD) {
                let home = &self.partitions[call.home - self.first];
                home.ids.prefetch(call.id_hash);
                call.account.iter().for_each(|slot| home.accounts.prefetch(*slot));
            }
            let home = &mut self.partitions[call.home - self.first];
            let mut faults = Faults::default();
            faults.note(self.rules.agents.check_may(&call.command));
            let Some(account) = call.account else {
                faults.add(Refused::whole(Refusal::AccountUnknown, 0));
                debited.balances.push((0, faults));
                continue;
            };
            let (body, now) = (call.command.body, self.rules.window.now);
            let is_accepted = fates[*index as usize] == YES;
            let checked = match body {
                Body::TicketPlace(bets) if is_accepted => {
                    let (tick, generation) = (self.rules.window.tick, self.rules.directory.generation(bets));
                    let mut row = TicketRow::new(call.id, call.content, account, tick, bets.len() as u8);
                    home.stake(self.rules.key, &mut row, -change, generation, now);
                    debited.tickets[*index as usize] = home.ids.push_ticket(call.id_hash, generation, row);
                    Ok(())
                }
                Body::Deposit(movement) if is_accepted => {
                    home.deposit(account, movement, call.id, now);
                    Ok(())
                }
                Body::Withdraw(movement) if is_accepted => {
                    home.withdraw(account, movement, call.id);
                    Ok(())
                }
                Body::Deposit(movement) => home.accounts.check_deposit(account, movement, now).map(|_| ()),
                Body::Withdraw(movement) => home.accounts.check_withdraw(account, movement, now).map(|_| ()),
                _ => home.accounts.check_stake(account, -change, now),
            };
            faults.note(checked);
            debited.balances.push((home.accounts.row(account).available, faults));
        }
        debited
    }

    /// Places bets, and states what is wrong with those of refused tickets.
    fn place(&mut self, fates: &[u8], bets: usize, currencies: &[u16], debited: &[Debited]) -> Placed {
        let mut placed = Placed { bets: vec![Taken::default(); bets], ..Placed::default() };
        for (place, Ticket { index, first_bet, account, bets, own }) in self.tickets.iter().enumerate() {
            if let Some(next) = self.tickets.get(place + AHEAD) {
                self.prefetch_last_bet(next);
            }
            let own = &self.bets[own.start as usize..own.end as usize];
            let home = account_partition(*account, self.rules.partitions);
            let ticket = debited[self.rules.shard_of(home)].tickets[*index as usize];
            let currency = Some(currencies[*index as usize]).filter(|currency| *currency != 0);
            let placing = Placing { bets, now: self.rules.window.now, currency };
            let generation = self.rules.directory.generation(bets);
            let mut faults = Faults::default();
            for located in own {
                let place = usize::from(located.place);
                let Some(slot) = located.slot else {
                    let reason = self.rules.directory.missing(bets[place].book.get());
                    faults.add(Refused { reason, bet: located.place, acceptable: 0 });
                    continue;
                };
                let books = &mut self.partitions[usize::from(located.home)].books;
                let game = &self.rules.games[books.row(slot).game as usize];
                if fates[*index as usize] == NO {
                    faults.note(books.check(game, slot, &placing, place));
                    continue;
                }
                let of = OfTicket { ticket, generation, partition: home as u8, place: located.place };
                let slot = books.place(game, slot, &bets[place], of);
                let partition = self.first as u32 + u32::from(located.home);
                placed.bets[*first_bet as usize + place] = Taken { partition, slot, room: 0 };
            }
            if fates[*index as usize] == NO {
                placed.faults.push((*index, faults));
                continue;
            }
            let mut is_near = false;
            // Only now: later bets of the ticket may press on what is left for earlier ones.
            for located in own {
                let Some(slot) = located.slot else { continue };
                let books = &self.partitions[usize::from(located.home)].books;
                let game = &self.rules.games[books.row(slot).game as usize];
                let place = usize::from(located.place);
                let room = books.room_of_bet(game, slot, &bets[place]);
                placed.bets[*first_bet as usize + place].room = room;
                is_near |= room < game.room_enough();
            }
            if is_near {
                let tell = |event| placed.events.push(Event { command: (*index).into(), ..event });
                note_ticket(self.partitions, self.rules.games, (bets, own), tell);
            }
        }
        placed
    }

    /// Asks for the last bet on the number of a ticket's first bet here, which the new one is chained to.
    #[inline]
    fn prefetch_last_bet(&self, ticket: &Ticket<'_>) {
        let Located { place, home, slot } = self.bets[ticket.own.start as usize];
        if let Some(slot) = slot {
            let books = &self.partitions[usize::from(home)].books;
            let game = &self.rules.games[books.row(slot).game as usize];
            books.prefetch_last_bet(game, slot, &ticket.bets[usize::from(place)]);
        }
    }

    /// Tells tickets where their bets lie, remembers the other commands, and answers.
    fn answer(&mut self, fates: &[u8], debited: &Debited, placed: &[Placed]) -> Answers {
        let calls = self.calls.len();
        let replies = Vec::with_capacity(REPLY_BYTES * calls);
        let mut answers = Answers { replies, lens: Vec::with_capacity(calls) };
        let mut next_fault = vec![0; placed.len()];
        let mut at = Vec::new();
        let mut rooms: Vec<I64> = Vec::new();
        let window = self.rules.window;
        let refused_most = self.rules.genesis.refused_ids_max.get();
        for (Owned { index, first_bet, call, .. }, (available, faults)) in
            self.calls.iter().zip(&debited.balances)
        {
            let home = &mut self.partitions[call.home - self.first];
            let before = answers.replies.len();
            if fates[*index as usize] == NO {
                let mut faults = *faults;
                for (placed, next) in placed.iter().zip(&mut next_fault) {
                    while placed.faults.get(*next).is_some_and(|(of, _)| of < index) {
                        *next += 1;
                    }
                    if let Some((of, theirs)) = placed.faults.get(*next)
                        && of == index
                    {
                        faults.note(theirs.none_or_first());
                    }
                }
                let refused = faults.none_or_first().expect_err("an owner that voted no has a reason");
                call.remember(self.rules.key, &window, home, refused_most, Err(refused));
                push_refused(&mut answers.replies, 0, window.tick, *available, refused);
            } else if let Body::TicketPlace(bets) = call.command.body {
                at.clear();
                rooms.clear();
                for (place, bet) in bets.iter().enumerate() {
                    let shard = self.rules.shard_of(book_partition(bet.book.get(), self.rules.partitions));
                    let taken = placed[shard].bets[*first_bet as usize + place];
                    at.push((taken.partition as usize, taken.slot));
                    rooms.push(taken.room.into());
                }
                home.ids.bind_bets(debited.tickets[*index as usize], &at);
                push_accepted(&mut answers.replies, 0, window.tick, *available, &rooms);
            } else {
                call.remember(self.rules.key, &window, home, refused_most, Ok(()));
                push_accepted(&mut answers.replies, 0, window.tick, *available, &[]);
            }
            answers.lens.push((*index, (answers.replies.len() - before) as u32));
        }
        answers
    }
}

/// Tells which limits a ticket that was placed has reached, in the books of some of its bets.
#[cold]
fn note_ticket(
    partitions: &mut [Partition],
    games: &[Game],
    (bets, own): (&[Bet], &[Located]),
    mut tell: impl FnMut(Event),
) {
    for (place, located) in own.iter().enumerate() {
        let is_same = |other: &Located| (other.home, other.slot) == (located.home, located.slot);
        if let Some(slot) = located.slot.filter(|_| !own[..place].iter().any(is_same)) {
            let books = &mut partitions[usize::from(located.home)].books;
            let game = books.row(slot).game as usize;
            books.note_ticket(&games[game], slot, bets);
            books.tell(games, &mut tell);
        }
    }
}
