//! The life of a draw until its end: created, opened, suspended, limited, closed.

use super::check::{inside, millis, playable, whole};
use super::{BookRow, Books, Faults};
use crate::command::{CLEAR_OVERRIDE, DrawCreate, LimitScope, LimitSet, NumberBlock};
use crate::game::Game;
use crate::query::DrawState;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::lists::List;

use core::mem::replace;

use zerocopy::FromZeros;

/// A day, the span of a generation.
pub(super) const DAY_NS: u64 = 24 * 60 * 60 * 1_000_000_000;

impl Books {
    /// Creates a draw of the game at place `at` of the ledger's list. Returns its slot.
    pub(crate) fn create(
        &mut self,
        id: u32,
        create: &DrawCreate,
        at: u32,
        game: &Game,
        now: u64,
    ) -> Result<u32, Refused> {
        let refuse = |reason, acceptable| Err(Refused::whole(reason, acceptable));
        let (opens, closes, settles) =
            (create.opens_at.get(), create.closes_at.get(), create.settles_at.get());
        if self.find(id).is_some() {
            return refuse(Refusal::DrawExists, 0);
        }
        let is_ordered = (opens == 0 || opens < closes) && closes > now && settles >= closes;
        let has_play = |group: usize| game.plays().iter().any(|play| usize::from(play.group) == group);
        let mut limits = create.stake_limit.iter().enumerate();
        if !is_ordered || limits.any(|(group, limit)| limit.get() != 0 && !has_play(group)) {
            return refuse(Refusal::DrawInvalid, 0);
        }
        self.check_capacity()?;
        let slot = self.take_slot();
        let generation = u16::try_from(settles / DAY_NS).unwrap_or(u16::MAX);
        let row = BookRow {
            id,
            game: at,
            opens_at: opens,
            closes_at: closes,
            settles_at: settles,
            payout_limit: create.payout_limit.get(),
            draw_stake_limit: create.draw_stake_limit.get(),
            draw_payout_limit: create.draw_payout_limit.get(),
            stake_limit: create.stake_limit.map(|limit| limit.get()),
            first_play_cell: self.plays.take(game.cells()),
            first_number_cell: self.numbers.take(game.numbers()),
            first_sum: self.sums.take(game.sums()),
            currency: create.currency.get(),
            generation,
            last: generation,
            state: DrawState::Draft as u8,
            cancellable: create.cancellable,
            confirmed: create.confirmed,
            ..BookRow::new_zeroed()
        };
        self.rows.fill(slot, row);
        self.tallies.update(slot, |tally| tally.list = List::EMPTY);
        self.by_number.insert(id, slot);
        self.due.insert((if opens == 0 { closes } else { opens }, id));
        Ok(slot)
    }

    /// Opens a draft by command.
    pub(crate) fn open(&mut self, slot: u32) -> Result<(), Refused> {
        self.expect_state(slot, |state| state == DrawState::Draft as u8)?;
        self.advance(slot, DrawState::Open);
        Ok(())
    }

    /// Closes a draw by command: its cut-off is now. Its seal begins.
    pub(crate) fn close(&mut self, game: &Game, slot: u32, now: u64) -> Result<(), Refused> {
        let takes_bets = |state| state <= DrawState::Open as u8 || state == DrawState::Suspended as u8;
        self.expect_state(slot, takes_bets)?;
        self.advance(slot, DrawState::Closed);
        self.rows.update(slot, |book| book.closes_at = book.closes_at.min(now));
        self.begin_seal(game, slot, now);
        Ok(())
    }

    /// Stops taking bets on an open draw.
    pub(crate) fn suspend(&mut self, slot: u32) -> Result<(), Refused> {
        self.expect_state(slot, |state| state == DrawState::Open as u8)?;
        self.advance(slot, DrawState::Suspended);
        Ok(())
    }

    /// Takes bets again on a suspended draw.
    pub(crate) fn resume(&mut self, slot: u32, now: u64) -> Result<(), Refused> {
        self.expect_state(slot, |state| state == DrawState::Suspended as u8)?;
        let closes_at = self.rows.row(slot).closes_at;
        if now >= closes_at {
            return Err(Refused::whole(Refusal::DrawClosed, millis(closes_at)));
        }
        self.advance(slot, DrawState::Open);
        Ok(())
    }

    /// Moves a limit.
    pub(crate) fn set_limit(&mut self, game: &Game, slot: u32, set: &LimitSet) -> Result<(), Refused> {
        self.expect_undecided(slot)?;
        let (number, limit) = (set.number.get(), set.limit.get());
        let kept = if limit == CLEAR_OVERRIDE { 0 } else { limit as u64 + 1 };
        let place = || game.place(set.play).ok_or((Refusal::PlayUnknown, game.highest_code()));
        match LimitScope::from_code(set.scope) {
            Some(LimitScope::StakeDefault) => {
                let group = game.plays()[place().map_err(whole)?].group;
                let before =
                    self.rows.update(slot, |book| replace(&mut book.stake_limit[usize::from(group)], limit));
                self.note_stake_default(game, slot, group, before);
            }
            Some(LimitScope::StakeOverride) => {
                let (play, _) = playable(game, set.play, number).map_err(whole)?;
                let first = &game.plays()[usize::from(play.counts_at)];
                let cell = self.rows.row(slot).play_cell(game, first, game.spot(play, number));
                let before = self.plays.update(cell, |cell| replace(&mut cell.limit, kept));
                let default = self.rows.row(slot).stake_limit[usize::from(play.group)];
                self.note_stake_limit(game, slot, play, number, before, default);
            }
            Some(LimitScope::PayoutDefault) => {
                let before = *self.rows.row(slot);
                self.rows.update(slot, |book| book.payout_limit = limit);
                self.note_payouts(game, slot, &before);
            }
            Some(LimitScope::PayoutOverride) => {
                let cell = self.number_cell(game, slot, number)?;
                let before = *self.numbers.row(cell);
                self.numbers.update(cell, |cell| cell.limit = kept);
                self.note_payout(game, slot, number, &before);
            }
            Some(LimitScope::DrawStake) => {
                let before = self.rows.update(slot, |book| replace(&mut book.draw_stake_limit, limit));
                self.note_draw_stake(game, slot, before);
            }
            Some(LimitScope::DrawPayout) => {
                let before = *self.rows.row(slot);
                self.rows.update(slot, |book| book.draw_payout_limit = limit);
                self.note_payouts(game, slot, &before);
            }
            // The edge refuses any other scope; a log that holds one changes nothing.
            None => return Err(Refused::whole(Refusal::DrawState, self.rows.row(slot).state.into())),
        }
        Ok(())
    }

    /// Blocks or unblocks a number.
    pub(crate) fn block(&mut self, game: &Game, slot: u32, block: &NumberBlock) -> Result<(), Refused> {
        self.expect_undecided(slot)?;
        let cell = self.number_cell(game, slot, block.number.get())?;
        let before = *self.numbers.row(cell);
        self.numbers.update(cell, |cell| cell.blocked = block.blocked.into());
        self.note_payout(game, slot, block.number.get(), &before);
        Ok(())
    }

    /// Why bet `place` of a ticket, at `bet`, can not be cancelled by its client, if it can not.
    pub(crate) fn check_cancel(&self, bet: u32, place: u8, now: u64, faults: &mut Faults) {
        let book = self.rows.row(self.book_of(bet));
        let takes_bets = book.state == DrawState::Open as u8 || book.state == DrawState::Suspended as u8;
        if let Err((reason, acceptable)) = book.check_not_busy() {
            faults.add(Refused { reason, bet: place, acceptable });
        } else if !takes_bets || now >= book.closes_at {
            faults.add(Refused {
                reason: Refusal::DrawClosed,
                bet: place,
                acceptable: millis(book.closes_at),
            });
        }
        if book.cancellable == 0 {
            faults.add(Refused { reason: Refusal::CancelNotAllowed, bet: place, acceptable: 0 });
        }
    }

    /// Why bet `place` of a ticket, at `bet`, can not be voided by an operator, if it can not.
    pub(crate) fn check_void(&self, bet: u32, place: u8, faults: &mut Faults) {
        let book = self.rows.row(self.book_of(bet));
        if let Err((reason, acceptable)) = book.check_not_busy() {
            faults.add(Refused { reason, bet: place, acceptable });
        } else if !book.is_undecided() {
            faults.add(Refused { reason: Refusal::DrawState, bet: place, acceptable: book.state.into() });
        }
    }

    /// The next thing due: (deadline, book).
    pub(crate) fn due(&self) -> Option<(u64, u32)> {
        self.due.first().copied()
    }

    /// Takes a draw that is being sealed, is settling, or is giving its stakes back, out of what is due, for the rest of the tick.
    pub(crate) fn set_aside(&mut self, slot: u32, deadline: u64) {
        self.due.remove(&(deadline, self.rows.row(slot).id));
    }

    /// Makes a draw due again that was set aside.
    pub(crate) fn put_back(&mut self, deadline: u64, book: u32) {
        self.due.insert((deadline, book));
    }

    /// Opens or closes a draw whose time has come, and begins the seal of one that closes. Not for one that has ended.
    pub(crate) fn turn(&mut self, game: &Game, slot: u32, now: u64) {
        let book = self.rows.row(slot);
        if book.state == DrawState::Draft as u8 && book.opens_at != 0 {
            return self.advance(slot, DrawState::Open);
        }
        self.advance(slot, DrawState::Closed);
        self.begin_seal(game, slot, now);
    }

    pub(super) fn expect_undecided(&self, slot: u32) -> Result<(), Refused> {
        let book = self.rows.row(slot);
        if book.is_undecided() { Ok(()) } else { Err(Refused::whole(Refusal::DrawState, book.state.into())) }
    }

    pub(super) fn expect_state(&self, slot: u32, is_right: impl Fn(u8) -> bool) -> Result<(), Refused> {
        let state = self.rows.row(slot).state;
        if is_right(state) { Ok(()) } else { Err(Refused::whole(Refusal::DrawState, state.into())) }
    }

    fn number_cell(&self, game: &Game, slot: u32, number: u16) -> Result<u32, Refused> {
        inside(game, number).map_err(whole)?;
        Ok(self.rows.row(slot).number_cell(number))
    }

    /// Enters a state. The deadline of the one it leaves goes, and a draw that is open or suspended is due at its
    /// cut-off; that of one that pays or gives back is set and taken by those who end it.
    pub(super) fn advance(&mut self, slot: u32, state: DrawState) {
        let book = *self.rows.row(slot);
        let waits_to_open = book.state == DrawState::Draft as u8 && book.opens_at != 0;
        self.due.remove(&(if waits_to_open { book.opens_at } else { book.closes_at }, book.id));
        if state == DrawState::Open || state == DrawState::Suspended {
            self.due.insert((book.closes_at, book.id));
        }
        self.rows.update(slot, |book| book.state = state as u8);
        self.note_state(slot, state);
    }
}
