//! Commission on the draws of a partition: stakes as they accrue to the agents that sold them, and what was posted.
//!
//! While a draw is sealed its stakes accrue, by selling agent; from the tick after, each agent in turn, and all above
//! it, is paid its share, a line each; if the draw is made void, the lines are reversed in the same order.
//!
//! Deliberately absent: accounts, and what share is whose: that is the business of whoever calls.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::storage::arena::Arena;
use crate::storage::lists::{List, Lists, ListsCut, NONE};
use crate::storage::table::{Table, TableCut};

const HEAD_ROWS: usize = 64;
const ACCRUAL_ROWS: usize = 64;
const LINE_ROWS: usize = 64;

/// How far the commission of a draw is; lies at the slot of its book.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct HeadRow {
    accruals: List,
    lines: List,
    /// Posted and not reversed, minor units.
    pub posted: i64,
    /// When its posting became due; 0: it is not.
    deadline: u64,
    /// The next accrual to post, or `NONE`.
    next: u32,
    /// Of a draw made void: the next line to reverse, or `NONE`.
    reverse: u32,
}

/// Stakes that an agent has sold in a draw.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Accrual {
    pub agent: u64,
    pub stake: i64,
}

/// What an account was paid for an agent's sales in a draw.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Line {
    pub agent: u64,
    pub account: u64,
    pub stake: i64,
    pub amount: i64,
    pub ppm: u32,
    /// 1: taken back.
    pub reversed: u32,
}

/// The commissions of a partition's draws.
pub(crate) struct Commissions {
    heads: Table<HeadRow, HEAD_ROWS>,
    accruals: Lists<Accrual, ACCRUAL_ROWS>,
    lines: Lists<Line, LINE_ROWS>,
    /// By the slot of a book that is being sealed: where the accrual of each agent lies. Follows from the rows.
    by_agent: BTreeMap<u32, BTreeMap<u64, u32>>,
    /// (deadline, book): whose posting is due, and whose will be once this tick's due work is done.
    due: BTreeSet<(u64, u32)>,
    later: Vec<(u64, u32)>,
}

impl HeadRow {
    const EMPTY: HeadRow = HeadRow {
        accruals: List::EMPTY,
        lines: List::EMPTY,
        posted: 0,
        deadline: 0,
        next: NONE,
        reverse: NONE,
    };
}

impl Commissions {
    pub(crate) fn new(arena: &Arena, name: u32) -> Commissions {
        Commissions {
            heads: Table::new(arena, name),
            // The links of the lists take the names after them.
            accruals: Lists::new(arena, name + 1),
            lines: Lists::new(arena, name + 3),
            by_agent: BTreeMap::new(),
            due: BTreeSet::new(),
            later: Vec::new(),
        }
    }

    /// How far the commission of the draw at the slot of its book is.
    pub(crate) fn head(&self, slot: u32) -> &HeadRow {
        if slot < self.heads.pages() * HEAD_ROWS as u32 { self.heads.row(slot) } else { &HeadRow::EMPTY }
    }

    /// Adds a stake to what an agent has sold in a draw that is being sealed.
    pub(crate) fn accrue(&mut self, slot: u32, agent: u64, stake: i64) {
        let of_draw = self.by_agent.entry(slot).or_default();
        if let Some(at) = of_draw.get(&agent) {
            return self.accruals.update(*at, |accrual| accrual.stake += stake);
        }
        while self.heads.pages() * HEAD_ROWS as u32 <= slot {
            let first = self.heads.add_page() * HEAD_ROWS as u32;
            (first..first + HEAD_ROWS as u32).for_each(|slot| self.heads.fill(slot, HeadRow::EMPTY));
        }
        let accruals = &mut self.accruals;
        let row = Accrual { agent, stake };
        let at = self.heads.update(slot, |head| accruals.push(&mut head.accruals, slot, row));
        of_draw.insert(agent, at);
    }

    /// Ends the sealing of a draw that closed at `closed_at`: what has accrued is to be posted, from the next tick on.
    pub(crate) fn begin(&mut self, slot: u32, book: u32, closed_at: u64) {
        self.by_agent.remove(&slot);
        let first = self.accruals.front(&self.head(slot).accruals);
        if let Some(first) = first {
            self.heads.update(slot, |head| (head.next, head.deadline) = (first, closed_at));
            self.later.push((closed_at, book));
        }
    }

    /// Whether accruals of a draw are still to be posted.
    pub(crate) fn is_posting(&self, slot: u32) -> bool {
        self.head(slot).next != NONE
    }

    /// The first posting that is due: (deadline, book).
    pub(crate) fn due(&self) -> Option<(u64, u32)> {
        self.due.first().copied()
    }

    /// Takes the first posting that is due, which has its turn once per tick.
    pub(crate) fn take_first(&mut self) {
        self.due.pop_first();
    }

    /// Makes what is left of a draw's posting due again, from the next tick on.
    pub(crate) fn go_on(&mut self, slot: u32, book: u32) {
        if self.is_posting(slot) {
            self.later.push((self.head(slot).deadline, book));
        }
    }

    /// Ends a tick's due work, or a command: what was begun meanwhile is due.
    pub(crate) fn end_turn(&mut self) {
        self.due.extend(self.later.drain(..));
    }

    /// The next accrual of a draw to post, if there is one; it counts as posted.
    pub(crate) fn next_accrual(&mut self, slot: u32) -> Option<Accrual> {
        let head = *self.head(slot);
        if head.next == NONE {
            return None;
        }
        let next = self.accruals.after(&head.accruals, head.next);
        self.heads.update(slot, |row| match next {
            Some(next) => row.next = next,
            None => (row.next, row.deadline) = (NONE, 0),
        });
        Some(*self.accruals.row(head.next))
    }

    /// Keeps what an account was paid for an accrual.
    pub(crate) fn add_line(&mut self, slot: u32, line: Line) {
        let lines = &mut self.lines;
        self.heads.update(slot, |head| {
            head.posted += line.amount;
            lines.push(&mut head.lines, slot, line);
        });
    }

    /// Ends accruing and posting for good: the draw is void. Tells whether lines are to be reversed.
    pub(crate) fn end(&mut self, slot: u32, book: u32) -> bool {
        self.by_agent.remove(&slot);
        let head = *self.head(slot);
        self.due.remove(&(head.deadline, book));
        let first = self.lines.front(&head.lines);
        if head.next != NONE || first.is_some() {
            self.heads.update(slot, |head| {
                (head.next, head.deadline, head.reverse) = (NONE, 0, first.unwrap_or(NONE));
            });
        }
        first.is_some()
    }

    /// Whether lines of a void draw are still to be reversed.
    pub(crate) fn is_reversing(&self, slot: u32) -> bool {
        self.head(slot).reverse != NONE
    }

    /// The next line of a void draw to reverse, if there is one; it counts as reversed.
    pub(crate) fn reverse_next(&mut self, slot: u32) -> Option<Line> {
        let head = *self.head(slot);
        if head.reverse == NONE {
            return None;
        }
        let next = self.lines.after(&head.lines, head.reverse).unwrap_or(NONE);
        let line = self.lines.update(head.reverse, |line| {
            line.reversed = 1;
            *line
        });
        self.heads.update(slot, |row| {
            row.reverse = next;
            row.posted -= line.amount;
        });
        Some(line)
    }

    /// The lines of a draw in the order of their posting, with their slots: those behind `after`, the slot plus one of a
    /// line (0: from the first). `None` if no line of the draw lies there.
    pub(crate) fn lines(&self, slot: u32, after: u32) -> Option<impl Iterator<Item = (u32, &Line)>> {
        let list = self.head(slot).lines;
        let first = match after {
            0 => self.lines.front(&list),
            after if self.lines.holds(&list, slot, after - 1) => self.lines.after(&list, after - 1),
            _ => return None,
        };
        let next = move |slot: &u32| self.lines.after(&list, *slot);
        Some(core::iter::successors(first, next).map(|slot| (slot, self.lines.row(slot))))
    }

    /// Lets what a draw has here leave.
    pub(crate) fn retire(&mut self, slot: u32) {
        if slot >= self.heads.pages() * HEAD_ROWS as u32 {
            return;
        }
        let head = self.heads.update(slot, |head| core::mem::replace(head, HeadRow::EMPTY));
        let (accruals, lines) = (self.accruals.bury(head.accruals), self.lines.bury(head.lines));
        self.accruals.leave(accruals);
        self.lines.leave(lines);
    }

    /// Clears a page of what has left.
    pub(crate) fn clear_page(&mut self) {
        self.accruals.clear_page();
        self.lines.clear_page();
    }

    pub(crate) fn bytes(&self) -> usize {
        self.heads.bytes() + self.accruals.bytes() + self.lines.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        self.heads.digest().wrapping_add(self.accruals.digest()).wrapping_add(self.lines.digest())
    }

    pub(crate) fn cut(&mut self) -> CommissionsCut {
        CommissionsCut { heads: self.heads.cut(), accruals: self.accruals.cut(), lines: self.lines.cut() }
    }
}

/// The commissions of a partition at the time of a cut.
pub(crate) struct CommissionsCut {
    heads: TableCut<HeadRow, HEAD_ROWS>,
    accruals: ListsCut<Accrual, ACCRUAL_ROWS>,
    lines: ListsCut<Line, LINE_ROWS>,
}

impl CommissionsCut {
    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        self.heads.digest().wrapping_add(self.accruals.digest()).wrapping_add(self.lines.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(agent: u64, amount: i64) -> Line {
        Line { agent, account: agent, stake: 100 * amount, amount, ppm: 10_000, reversed: 0 }
    }

    /// Accrues and posts a unit for each of 150 agents, which is more than a page of rows.
    fn posted() -> Commissions {
        let mut commissions = Commissions::new(&Arena::new(0), 60);
        for round in 0..2 {
            for agent in 1..=150 {
                commissions.accrue(70, agent, 50 + round);
            }
        }
        commissions.begin(70, 9, 1_000);
        assert_eq!(commissions.due(), None, "not in the tick in which it was sealed");
        commissions.end_turn();
        for agent in 1..=150 {
            assert_eq!(commissions.due(), Some((1_000, 9)));
            commissions.take_first();
            let accrual = commissions.next_accrual(70).expect("each agent in turn");
            assert_eq!((accrual.agent, accrual.stake), (agent, 101));
            commissions.add_line(70, line(agent, 1));
            commissions.go_on(70, 9);
            commissions.end_turn();
        }
        assert!(commissions.next_accrual(70).is_none() && !commissions.is_posting(70));
        assert_eq!((commissions.due(), commissions.head(70).posted), (None, 150));
        commissions
    }

    #[test]
    fn agents_are_posted_in_the_order_in_which_they_accrued_and_read_page_by_page() {
        let mut commissions = posted();
        let (mut after, mut agents) = (0, Vec::new());
        loop {
            let lines: Vec<_> = commissions.lines(70, after).expect("a line lies there").take(40).collect();
            let Some((last, _)) = lines.last() else { break };
            after = last + 1;
            agents.extend(lines.iter().map(|(_, line)| line.agent));
        }
        assert!(agents.into_iter().eq(1..=150));
        assert!(commissions.lines(70, 100_000).is_none() && commissions.lines(3, 1).is_none());
        assert_eq!(commissions.lines(3, 0).map(Iterator::count), Some(0));
        assert_eq!(commissions.digest(), commissions.cut().digest());
    }

    #[test]
    fn what_was_posted_is_reversed_in_its_order_and_what_was_not_never_is() {
        let mut commissions = posted();
        commissions.accrue(71, 5, 10);
        commissions.begin(71, 8, 2_000);
        commissions.end_turn();
        assert!(!commissions.end(71, 8), "nothing was posted of it");
        assert!(commissions.due().is_none() && commissions.next_accrual(71).is_none());
        assert!(commissions.end(70, 9) && commissions.is_reversing(70));
        let reversed = core::iter::from_fn(|| commissions.reverse_next(70)).map(|line| line.agent);
        assert!(reversed.eq(1..=150));
        assert_eq!((commissions.head(70).posted, commissions.is_reversing(70)), (0, false));
        let mut lines = commissions.lines(70, 0).expect("they stay");
        assert!(lines.all(|(_, line)| line.reversed == 1));
    }
}
