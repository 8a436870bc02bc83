//! Pages of the engine beside those of the model, from the first to the last.

use engine::query::{self, PageView, Query, QueryKind};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::Pair;
use crate::bridge::{self, body};
use crate::model::{DrawLine, LimitLine, Reason, TicketLine, WinnerLine};

impl Pair {
    /// Compares all pages of all lists, also of tickets by state.
    pub(super) fn compare_pages(&self) {
        for account in self.model.accounts().chain([u64::MAX]) {
            for state in 0..=6 {
                self.compare_tickets(account, state);
            }
            self.compare_statement(account);
        }
        self.compare_draws();
        let books = self.model.books().map(|(book, _)| book).chain(self.model.departed_draws());
        for book in books.chain([u32::MAX]) {
            self.compare_winners(book);
            self.compare_limits(book);
        }
    }

    fn compare_statement(&self, account: u64) {
        let answer = self.read(&Query::statement(account));
        let seen = body::<PageView>(&answer, self.model.tick()).map(|(page, rest)| {
            assert_eq!(page.next.get(), 0, "a statement has one page");
            bridge::statement(rows(&answer, rest), page.more == 1)
        });
        assert_eq!(seen, self.model.statement(account), "statement of {account}");
    }

    /// Compares what is said of tickets that have left: of the last ones, there may be many.
    pub(super) fn compare_departed_tickets(&self) {
        for (account, id) in self.model.departed_tickets().iter().rev().take(100) {
            let (account, id) = (*account, *id);
            let expected = self.model.ticket(account, id).map(|_| ());
            assert_eq!(expected, Err(Reason::Archived), "ticket {id:032x} of account {account}");
            for query in [Query::ticket(account, id), Query::tickets(account, id, 0)] {
                let seen = body::<PageView>(&self.read(&query), self.model.tick()).map(|_| ());
                assert_eq!(seen, expected, "ticket {id:032x} of account {account}");
            }
        }
    }

    fn compare_tickets(&self, account: u64, state: u8) {
        let of = (state != 0).then(|| bridge::bet_state(state));
        let (mut next, mut skip) = (0, 0);
        loop {
            let answer = self.read(&Query::tickets(account, next, state));
            let expected = self.model.tickets_page(account, skip, of);
            let seen = body::<PageView>(&answer, self.model.tick());
            let (Ok((page, rest)), Ok(expected)) = (&seen, &expected) else {
                assert_eq!(seen.err(), expected.err(), "tickets of {account}");
                return;
            };
            let line = |line: &query::TicketLine| TicketLine {
                id: line.id.get(),
                accepted: line.accepted.get(),
                bets: line.bets.into(),
                state: bridge::bet_state(line.state),
                stake: line.stake.get(),
                payout: line.payout.get(),
            };
            let lines: Vec<_> = rows(&answer, rest).iter().map(line).collect();
            assert_eq!(lines, expected.rows, "tickets of {account} in {of:?} behind {skip}");
            assert_eq!(page.more == 1, expected.more, "tickets of {account}");
            if page.more == 0 {
                return;
            }
            (next, skip) = (page.next.get(), skip + expected.looked_at);
        }
    }

    fn compare_draws(&self) {
        let mut after = 0;
        loop {
            let answer = self.read(&Query::of(QueryKind::Draws, u64::from(after)));
            let (page, rest) = body::<PageView>(&answer, self.model.tick()).expect("draws are listed");
            let expected = self.model.draws_page(after);
            let line = |line: &query::DrawLine| DrawLine {
                book: line.book.get(),
                game: line.game.get(),
                version: line.version.get(),
                state: bridge::draw_state(line.state),
                closes_at: line.closes_at.get(),
                stake: line.stake.get(),
                bets: line.bets.get(),
            };
            let lines: Vec<_> = rows(&answer, rest).iter().map(line).collect();
            assert_eq!((lines, page.more == 1), (expected.rows, expected.more), "draws above {after}");
            if page.more == 0 {
                return;
            }
            after = page.next.get() as u32;
        }
    }

    fn compare_winners(&self, book: u32) {
        let (mut next, mut skip) = (0, 0);
        loop {
            let answer = self.read(&Query::winners(book, next));
            let expected = self.model.winners_page(book, skip);
            let seen = body::<PageView>(&answer, self.model.tick());
            let (Ok((page, rest)), Ok(expected)) = (&seen, &expected) else {
                assert_eq!(seen.err(), expected.err(), "winners of {book}");
                return;
            };
            let line = |line: &query::WinnerLine| WinnerLine {
                ticket: line.ticket.get(),
                account: line.account.get(),
                place: line.place.into(),
                play: line.play,
                number: line.number.get(),
                stake: line.stake.get(),
                payout: line.payout.get(),
                paid: line.paid == 1,
            };
            let lines: Vec<_> = rows(&answer, rest).iter().map(line).collect();
            assert_eq!(lines, expected.rows, "winners of {book} behind {skip}");
            assert_eq!(page.more == 1, expected.more, "winners of {book}");
            if page.more == 0 {
                return;
            }
            (next, skip) = (page.next.get(), skip + expected.looked_at);
        }
    }

    fn compare_limits(&self, book: u32) {
        let mut from = 0;
        loop {
            let answer = self.read(&Query::limits(book, from));
            let expected = self.model.limits_page(book, from);
            let seen = body::<PageView>(&answer, self.model.tick());
            let (Ok((page, rest)), Ok((heads, expected))) = (&seen, &expected) else {
                assert_eq!(seen.err(), expected.err(), "limits of {book}");
                return;
            };
            let (view, rest) = query::LimitsView::ref_from_prefix(rest).expect("the draw's limits");
            let of_draw = [view.payout_limit, view.draw_stake_limit, view.draw_payout_limit];
            let all: Vec<_> = of_draw.iter().chain(&view.stake_limit).map(|limit| limit.get()).collect();
            assert_eq!(all, heads, "limits of {book}");
            let line = |line: &query::LimitLine| LimitLine {
                number: line.number.get(),
                play: line.play,
                scope: line.scope,
                limit: line.limit.get(),
            };
            let mut lines: Vec<_> = rows(&answer, rest).iter().map(line).collect();
            // A block comes first, then the payout, then plays: by play, for the first two have none.
            assert!(lines.is_sorted_by_key(|line| (line.number, line.play)), "{lines:?}");
            lines.sort();
            assert_eq!((lines, page.more == 1), (expected.rows.clone(), expected.more), "limits of {book}");
            if page.more == 0 {
                return;
            }
            from = page.next.get() as u16;
            assert_eq!(usize::from(from), expected.looked_at, "limits of {book}");
        }
    }
}

/// The rows behind the head of a page, as many as the header says.
pub(crate) fn rows<'a, T: FromBytes + KnownLayout + Immutable + Unaligned>(
    answer: &[u8],
    rest: &'a [u8],
) -> &'a [T] {
    let rows = <[T]>::ref_from_bytes(rest).expect("whole rows");
    let header = query::AnswerHeader::ref_from_prefix(answer).expect("a header").0;
    assert!(rows.len() == usize::from(header.count) && rows.len() <= query::PAGE_ROWS_MAX);
    rows
}
