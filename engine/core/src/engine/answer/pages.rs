//! Pages of reads: each looks at a bounded number of rows, and says where the next one goes on.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use zerocopy::IntoBytes;

use super::put;
use crate::engine::Begun;
use crate::hash::account_partition;
use crate::query::*;
use crate::refusal::{Malformed, Refusal};

/// The states of a ticket, the one that tells most of it first.
const WORST_OFF: [BetState; 6] =
    [BetState::Open, BetState::Won, BetState::Paid, BetState::Lost, BetState::Refunded, BetState::Cancelled];

impl Begun {
    /// Appends a page and its rows. Returns their count, or the code of what is wrong.
    pub(super) fn page(&self, kind: QueryKind, query: &Query, out: &mut Vec<u8>) -> Result<u8, u16> {
        let head = out.len();
        put(out, &PageView { next: 0.into(), more: 0, reserved: [0; 7] });
        let (count, next) = match kind {
            QueryKind::Tickets => self.tickets_page(query, out)?,
            QueryKind::Draws => self.draws_page(query, out),
            QueryKind::Winners => self.winners_page(query, out)?,
            QueryKind::Commissions => self.commissions_page(query, out)?,
            QueryKind::Periods => self.periods_page(query, out)?,
            QueryKind::Statement => self.statement(query, out)?,
            _ => self.limits_page(query, out)?,
        };
        let view = PageView { next: next.unwrap_or(0).into(), more: next.is_some().into(), reserved: [0; 7] };
        out[head..head + size_of::<PageView>()].copy_from_slice(view.as_bytes());
        Ok(count as u8)
    }

    fn tickets_page(&self, query: &Query, out: &mut Vec<u8>) -> Result<(usize, Option<u128>), u16> {
        let (account, id) = (query.owner.get(), query.id.get());
        if query.play > BetState::Refunded as u8 {
            return Err(Malformed::FieldOutside as u16);
        }
        let home = &self.partitions[account_partition(account, self.partitions.len())];
        let slot = home.accounts.find(self.key, account).ok_or(Refusal::AccountUnknown as u16)?;
        let mut heads = home.ids.heads_of(self.key, slot, home.accounts.row(slot).newest());
        if id != 0 {
            let from = self.known_ticket(account, slot, id).map_err(|refusal| refusal as u16)?;
            home.ids.pop_to(&mut heads, from);
        }
        let (mut count, mut tickets, mut bets, mut last) = (0, 0, 0, 0);
        while let Some(next) = home.ids.pop_newest(&mut heads) {
            if count == PAGE_ROWS_MAX || tickets == PAGE_TICKETS_MAX || bets >= PAGE_BETS_MAX {
                return Ok((count, Some(last)));
            }
            let row = home.ids.ticket(next);
            let line = self.ticket_line(account, next);
            if query.play == 0 || query.play == line.state {
                put(out, &line);
                count += 1;
            }
            tickets += 1;
            bets += usize::from(row.bets);
            last = row.id;
        }
        Ok((count, None))
    }

    fn ticket_line(&self, account: u64, ticket: u32) -> TicketLine {
        let ids = &self.partitions[account_partition(account, self.partitions.len())].ids;
        let row = ids.ticket(ticket);
        let (mut stake, mut payout, mut worst) = (0i64, 0i64, WORST_OFF.len() - 1);
        for place in 0..row.bets {
            let (partition, bet) = ids.bet(row, place);
            let view = self.bet_view(partition, bet);
            stake = stake.saturating_add(view.stake.get());
            payout = payout.saturating_add(view.payout.get());
            let place = WORST_OFF.iter().position(|state| *state as u8 == view.state);
            worst = place.map_or(worst, |place| worst.min(place));
        }
        TicketLine {
            id: row.id.into(),
            accepted: row.tick().into(),
            stake: stake.into(),
            payout: payout.into(),
            bets: row.bets,
            state: WORST_OFF[worst] as u8,
            reserved: [0; 6],
        }
    }

    /// Draws of all partitions by book number, merged: the order does not depend on where they lie.
    fn draws_page(&self, query: &Query, out: &mut Vec<u8>) -> (usize, Option<u128>) {
        let after = u32::try_from(query.owner.get()).unwrap_or(u32::MAX);
        let behind = |home: usize, after: u32| {
            self.partitions[home].books.behind(after).map(|(book, slot)| Reverse((book, home, slot)))
        };
        let mut heads: BinaryHeap<_> =
            (0..self.partitions.len()).filter_map(|home| behind(home, after)).collect();
        let (mut count, mut last) = (0, after);
        while let Some(Reverse((book, home, slot))) = heads.pop() {
            if count == PAGE_ROWS_MAX {
                return (count, Some(last.into()));
            }
            put(out, &self.draw_line(home, slot));
            (count, last) = (count + 1, book);
            heads.extend(behind(home, book));
        }
        (count, None)
    }

    fn draw_line(&self, home: usize, slot: u32) -> DrawLine {
        let books = &self.partitions[home].books;
        let row = books.row(slot);
        let game = &self.games[row.game as usize].row;
        DrawLine {
            game: game.game.into(),
            closes_at: row.closes_at.into(),
            stake: books.staked(slot).into(),
            bets: books.tally(slot).bets.into(),
            book: row.id.into(),
            version: game.version.into(),
            state: row.state,
            reserved: 0,
        }
    }

    fn winners_page(&self, query: &Query, out: &mut Vec<u8>) -> Result<(usize, Option<u128>), u16> {
        let (home, slot) = self.find_book(query.book()).map_err(|refusal| refusal as u16)?;
        let books = &self.partitions[home].books;
        let book = books.row(slot);
        if !book.has_result() {
            return Err(Refusal::DrawState as u16);
        }
        let outside = Malformed::FieldOutside as u16;
        let after = u32::try_from(query.id.get()).map_err(|_| outside)?;
        let game = &self.games[book.game as usize];
        let mut count = 0;
        let next = books.winners(game, slot, after, PAGE_BETS_MAX, |bet| {
            if let Some(line) = self.winner_line(home, bet) {
                put(out, &line);
                count += 1;
            }
            count < PAGE_ROWS_MAX
        });
        let next = next.ok_or(outside)?;
        Ok((count, (next != 0).then_some(next.into())))
    }

    /// A bet of a winning cell; `None` if it was taken back, or its ticket has left.
    fn winner_line(&self, home: usize, bet: u32) -> Option<WinnerLine> {
        let row = self.partitions[home].books.bet(bet);
        if row.is_taken_back() {
            return None;
        }
        let view = self.bet_view(home, bet);
        let owner = &self.partitions[usize::from(row.ticket_partition)];
        let ticket = owner.ids.ticket_of_bet(row.ticket, row.place, (home, bet))?;
        Some(WinnerLine {
            ticket: ticket.id.into(),
            account: owner.accounts.row(ticket.account).id.into(),
            stake: view.stake,
            payout: view.payout,
            number: view.number,
            play: view.play,
            place: row.place,
            paid: (view.state == BetState::Paid as u8).into(),
            reserved: [0; 3],
        })
    }

    /// Limits of a draw; a page ends between two numbers.
    fn limits_page(&self, query: &Query, out: &mut Vec<u8>) -> Result<(usize, Option<u128>), u16> {
        let (home, slot) = self.find_book(query.book()).map_err(|refusal| refusal as u16)?;
        let books = &self.partitions[home].books;
        let row = books.row(slot);
        let game = &self.games[row.game as usize];
        let (from, numbers) = (u32::from(query.number.get()), game.numbers());
        if from >= numbers {
            return Err(Refusal::NumberOutside as u16);
        }
        put(
            out,
            &LimitsView {
                payout_limit: row.payout_limit.into(),
                draw_stake_limit: row.draw_stake_limit.into(),
                draw_payout_limit: row.draw_payout_limit.into(),
                stake_limit: row.stake_limit.map(|limit| limit.into()),
            },
        );
        let mut count = 0;
        let end = numbers.min(from + u32::from(PAGE_NUMBERS_MAX));
        for number in from..end {
            let (start, mut more) = (out.len(), 0);
            books.limits_of(game, slot, number as u16, |line| {
                put(out, &line);
                more += 1;
            });
            if count + more > PAGE_ROWS_MAX {
                out.truncate(start);
                return Ok((count, Some(number.into())));
            }
            count += more;
        }
        Ok((count, (end < numbers).then_some(end.into())))
    }
}
