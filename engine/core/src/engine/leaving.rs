//! What is decided and past its retention leaves memory: draws, and the generations of tickets that name them.
//!
//! A generation leaves once its day is over and every draw whose tickets may lie in it has ended long enough ago; a draw
//! leaves with the last generation that names it. Both leave at once, at the end of a tick's due work, whatever is in them;
//! their pages are cleared and taken again by and by.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Begun;
use crate::book::{Span, day_end};
use crate::event::Event;

impl Begun {
    /// Lets go what may leave, and clears some of what has left.
    pub(super) fn retire(&mut self) {
        for partition in &mut self.partitions {
            partition.ids.clear();
            partition.books.clear();
        }
        let now = self.window.now;
        let is_over = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if !self.partitions.iter().any(|partition| is_over(partition.books.leaves_at())) {
            return;
        }
        let days = self.days();
        for (day, _) in days.iter().filter(|(_, at)| is_over(**at)) {
            self.partitions.iter_mut().for_each(|partition| partition.retire(*day));
        }
        // A day may leave before the draws on it do: they wait for others, its tickets do not.
        let next = days.values().flatten().copied().filter(|at| *at > now).min();
        for partition in &mut self.partitions {
            let all_left = |span: &Span| days.range(span.first..=span.last).all(|(_, at)| is_over(*at));
            let leaving: Vec<u32> = partition.books.spans().filter(all_left).map(|span| span.slot).collect();
            for slot in leaving {
                let game = &self.games[partition.books.row(slot).game as usize];
                let book = partition.books.retire(game, slot);
                self.directory.depart(book);
                self.events.push(Event::archived(book));
            }
            partition.books.set_leaves_at(next);
        }
    }

    /// When each day may leave on which tickets or draws lie; `None` for those of a draw that has not ended. Other days of a
    /// draw's span say nothing that these do not.
    fn days(&self) -> BTreeMap<u16, Option<u64>> {
        let mut days = BTreeMap::new();
        let spans = || self.partitions.iter().flat_map(|partition| partition.books.spans());
        let of_tickets = self.partitions.iter().flat_map(|partition| partition.ids.days());
        for day in of_tickets.chain(spans().map(|span| span.first)) {
            days.insert(day, Some(day_end(day)));
        }
        for Span { first, last, leaves_at, .. } in spans() {
            for (_, at) in days.range_mut(first..=last) {
                *at = at.zip(leaves_at).map(|(at, of_book)| at.max(of_book));
            }
        }
        days
    }
}
