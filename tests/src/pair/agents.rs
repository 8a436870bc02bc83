//! What the engine tells of commission beside what the model does.

use engine::query::{self, PageView, Query};

use super::Pair;
use super::pages::rows;
use crate::bridge::body;
use crate::model::{CommissionLine, Period};

impl Pair {
    /// Compares the commission of every draw, and the periods of every account.
    pub(super) fn compare_agents(&self) {
        let books = self.model.books().map(|(book, _)| book).chain(self.model.departed_draws());
        for book in books.chain([u32::MAX]) {
            self.compare_commissions(book);
        }
        for account in self.model.accounts().chain([u64::MAX]) {
            self.compare_periods(account);
        }
    }

    /// Compares all pages of a draw's commission.
    ///
    /// # Panics
    /// If they do not agree.
    pub fn compare_commissions(&self, book: u32) {
        let (mut next, mut skip) = (0, 0);
        loop {
            let answer = self.read(&Query::commissions(book, next));
            let expected = self.model.commissions_page(book, skip);
            let seen = body::<PageView>(&answer, self.model.tick());
            let (Ok((page, rest)), Ok(expected)) = (&seen, &expected) else {
                assert_eq!(seen.err(), expected.err(), "commission of {book}");
                return;
            };
            let line = |line: &query::CommissionLine| CommissionLine {
                agent: line.agent.get(),
                account: line.account.get(),
                stake: line.stake.get(),
                amount: line.amount.get(),
                ppm: line.ppm.get(),
                reversed: line.reversed == 1,
            };
            let lines: Vec<_> = rows(&answer, rest).iter().map(line).collect();
            assert_eq!(lines, expected.rows, "commission of {book} behind {skip}");
            assert_eq!(page.more == 1, expected.more, "commission of {book}");
            if page.more == 0 {
                return;
            }
            (next, skip) = (page.next.get(), skip + expected.looked_at);
        }
    }

    /// Compares the periods of an account.
    ///
    /// # Panics
    /// If they do not agree.
    pub fn compare_periods(&self, account: u64) {
        let answer = self.read(&Query::periods(account));
        let expected = self.model.periods(account);
        let seen = body::<PageView>(&answer, self.model.tick());
        let (Ok((page, rest)), Ok(expected)) = (&seen, &expected) else {
            assert_eq!(seen.err(), expected.err(), "periods of {account}");
            return;
        };
        let line = |line: &query::PeriodLine| Period {
            ppm: line.ppm.get(),
            from: line.from.get(),
            until: line.until.get(),
        };
        let lines: Vec<_> = rows(&answer, rest).iter().map(line).collect();
        assert_eq!((&lines, page.more), (expected, 0), "periods of {account}");
    }
}
