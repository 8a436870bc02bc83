//! What those who sell get of the stakes: set by periods, accrued as a draw is sealed, posted, and taken back when it is
//! called off.

use super::events::EventKind;
use super::reply::narrow;
use super::{Book, DAY, Model, Moved, Page, Period, Reason, Refused, State};

/// Most periods of an account.
const PERIODS_MAX: usize = 8;
/// Most rows of a page.
const ROWS: usize = 100;
const MILLION: i128 = 1_000_000;

/// What the stakes of a draw bring.
#[derive(Clone, Debug, Default)]
pub(super) struct Commission {
    /// Stakes by who sold them, in the order in which each first sold.
    accrued: Vec<(u64, i128)>,
    /// How many of these have been posted.
    done: usize,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    agent: u64,
    account: u64,
    stake: i128,
    amount: i128,
    ppm: u32,
    reversed: bool,
}

/// A line of commission in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub struct CommissionLine {
    pub agent: u64,
    pub account: u64,
    pub stake: i64,
    pub amount: i64,
    pub ppm: u32,
    pub reversed: bool,
}

impl Commission {
    pub fn accrue(&mut self, agent: u64, stake: i128) {
        match self.accrued.iter_mut().find(|(known, _)| *known == agent) {
            Some((_, accrued)) => *accrued += stake,
            None => self.accrued.push((agent, stake)),
        }
    }

    pub fn has_to_post(&self) -> bool {
        self.done < self.accrued.len()
    }

    pub fn has_to_reverse(&self) -> bool {
        self.lines.iter().any(|line| !line.reversed)
    }

    /// What was posted and not taken back.
    pub fn posted(&self) -> i128 {
        self.lines.iter().filter(|line| !line.reversed).map(|line| line.amount).sum()
    }
}

impl Book {
    /// Whether its stakes are sealed, and what they bring is still to be posted.
    pub(super) fn is_posting(&self) -> bool {
        let may = !matches!(self.state, State::Voiding | State::Void);
        may && self.seal.as_ref().is_some_and(|seal| seal.is_done()) && self.commission.has_to_post()
    }

    /// Whether what was posted has been taken back, or some of it.
    pub fn has_reversed(&self) -> bool {
        self.commission.lines.iter().any(|line| line.reversed)
    }

    /// Whether it has closed, and bets are left to seal or commission to post.
    pub fn is_fresh(&self) -> bool {
        self.state == State::Closed && (self.is_being_sealed() || self.is_posting())
    }

    /// Whether some of what its stakes bring is posted, and some is not.
    pub fn is_half_posted(&self) -> bool {
        self.is_posting() && self.commission.done > 0
    }
}

impl Model {
    pub(super) fn set_commission(&mut self, account: u64, period: Period) -> Result<(), Refused> {
        let now = self.time;
        let is_first = self.account_to_rule(account)?.periods.is_empty();
        let most = self.rules.commission_accounts_max;
        let others = self.accounts.values().filter(|row| !row.periods.is_empty()).count();
        if is_first && others >= most as usize {
            return Err(Reason::CapacityReached.whole(most.into()));
        }
        let row = self.row(account)?;
        let is_over = |period: &Period| period.until != 0 && period.until <= now - DAY;
        row.periods.retain(|period| !is_over(period));
        if row.periods.len() >= PERIODS_MAX {
            return Err(Reason::CapacityReached.whole(PERIODS_MAX as i128));
        }
        row.periods.push(period);
        Ok(())
    }

    /// What the account gets at this time, millionths.
    fn rate(&self, account: u64, at: u64) -> u32 {
        let holds = |period: &&Period| period.from <= at && (period.until == 0 || at < period.until);
        self.accounts[&account].periods.iter().rev().find(holds).map_or(0, |period| period.ppm)
    }

    /// Who sells what this account stakes: the first upwards that ever had a period.
    pub(super) fn selling_agent(&self, account: u64) -> Option<u64> {
        self.path(account).into_iter().find(|above| !self.accounts[above].periods.is_empty())
    }

    /// Posts what the next agents get, and those above them.
    pub(super) fn post(&mut self, number: u32) {
        let most = self.rules.payouts_per_tick as usize;
        let book = &self.books[&number];
        let (currency, closes_at) = (book.draw.currency, book.draw.closes_at);
        let next = book.commission.accrued.iter().skip(book.commission.done).take(most);
        let next: Vec<(u64, i128)> = next.copied().collect();
        let mut lines = Vec::new();
        for (agent, stake) in &next {
            for account in self.path(*agent) {
                let ppm = self.rate(account, closes_at);
                let amount = stake * i128::from(ppm) / MILLION;
                if amount > 0 {
                    let before = self.balance(account);
                    self.accounts.get_mut(&account).expect("an agent has an account").credit(amount);
                    self.write_down(account, Moved::Commission, number.into(), before);
                    self.tell_of(EventKind::Commission, account, number.into(), amount);
                    *self.commission.entry(currency).or_default() -= amount;
                    lines.push(Line { agent: *agent, account, stake: *stake, amount, ppm, reversed: false });
                }
            }
        }
        let time = self.time;
        let book = self.books.get_mut(&number).expect("the draw is there");
        book.commission.lines.extend(lines);
        book.commission.done += next.len();
        book.end_if_settled(time);
    }

    /// Takes back what is next of what was posted.
    pub(super) fn reverse(&mut self, number: u32) {
        let most = self.rules.payouts_per_tick as usize;
        let book = self.books.get_mut(&number).expect("the draw is there");
        let currency = book.draw.currency;
        let mut reversed = Vec::new();
        for line in book.commission.lines.iter_mut().filter(|line| !line.reversed).take(most) {
            line.reversed = true;
            reversed.push((line.account, line.amount));
        }
        book.end_if_void(self.time);
        for (account, amount) in reversed {
            let before = self.balance(account);
            self.accounts.get_mut(&account).expect("an agent has an account").take(amount);
            self.write_down(account, Moved::Commission, number.into(), before);
            self.tell_of(EventKind::Commission, account, number.into(), -amount);
            *self.commission.entry(currency).or_default() += amount;
        }
    }

    /// Commission of a draw behind so many lines.
    pub fn commissions_page(&self, book: u32, skip: usize) -> Result<Page<CommissionLine>, Reason> {
        let book = self.books.get(&book).ok_or_else(|| self.no_draw(book))?;
        let mut lines = book.commission.lines.iter().skip(skip).map(|line| CommissionLine {
            agent: line.agent,
            account: line.account,
            stake: narrow(line.stake),
            amount: narrow(line.amount),
            ppm: line.ppm,
            reversed: line.reversed,
        });
        let rows: Vec<_> = lines.by_ref().take(ROWS).collect();
        Ok(Page { looked_at: rows.len(), rows, more: lines.next().is_some() })
    }

    /// The periods of an account, in the order set.
    pub fn periods(&self, account: u64) -> Result<Vec<Period>, Reason> {
        self.accounts.get(&account).map(|row| row.periods.clone()).ok_or(Reason::AccountUnknown)
    }
}
