//! Does the ledger hold what it told the client? Judged from the client's own record of answers alone.
//!
//! A [`Verification`] is a list of questions, each a read, and judges the answers:
//! - every acknowledged ticket stands, with the same bets, accepted in the tick that was told, in the state that its
//!   draw's result gives it; a refused one left no trace;
//! - per account, deposits − accepted stakes + payouts = available, and nothing is held or owed;
//! - per number, the stakes and payouts summed from the record are what the ledger says, within their limits, and the
//!   room left is at most what the acceptances told;
//! - per draw, bets, stakes, winners and payouts are those of the record.
//!
//! Deliberately absent: IO (see [`crate::reads`]), and any look at the ledger's own audit, which proves less to a
//! client that does not trust it.

mod disagreement;
mod expected;
mod lie;

use protocol::pieces::Answer;
use protocol::query::{AccountView, BetState, BetView, DrawView, Query, QueryKind, RoomView, TicketView};
use protocol::refusal::{ACCEPTED, Refusal};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

pub use disagreement::Disagreement;
pub use expected::{Expected, ExpectedDraw};
pub use lie::{Lie, LieUnknown, NothingToLieAbout};

use crate::game::{self, NUMBERS, PLAYS};
use crate::record::{NO_ROOM, Record, Tally, Ticket, UNANSWERED};

/// Disagreements that are kept in words; further ones are counted.
pub const DISAGREEMENTS_KEPT: usize = 10;

/// What a verification came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Answers judged.
    pub judged: u64,
    /// All disagreements.
    pub disagreements: u64,
    /// The first of them.
    pub first: Vec<Disagreement>,
}

impl Verdict {
    /// Whether the ledger and the record agree in everything.
    pub fn is_verified(&self) -> bool {
        self.disagreements == 0
    }

    fn add(&mut self, found: Disagreement) {
        self.disagreements += 1;
        if self.first.len() < DISAGREEMENTS_KEPT {
            self.first.push(found);
        }
    }
}

/// The questions to a ledger, and the judge of its answers.
#[derive(Debug)]
pub struct Verification<'a> {
    record: &'a Record,
    expected: Expected,
    /// The plays and numbers whose room is read, for each draw.
    numbers: Vec<(u8, u16)>,
    /// Where each strand's tickets begin among the questions; last, where the tickets end.
    strands: Vec<usize>,
    verdict: Verdict,
}

/// What a question is about, by the place of its subject.
enum Subject<'a> {
    Ticket(Ticket<'a>),
    Account(u32),
    Number { draw: usize, play: u8, number: u16 },
    Draw(usize),
}

impl<'a> Verification<'a> {
    /// Sums the record up, and finds what can be found without asking: broken limits, refusals in vain, tickets
    /// without an answer.
    pub fn new(record: &'a Record) -> Verification<'a> {
        let mut strands = vec![0];
        strands.extend(record.strands.iter().scan(0, |tickets, strand| {
            *tickets += strand.sent.len();
            Some(*tickets)
        }));
        let numbers = PLAYS
            .into_iter()
            .flat_map(|play| (0..NUMBERS as u16).map(move |number| (play, number)))
            .filter(|&(play, number)| game::is_playable(play, number))
            .collect();
        let expected = Expected::from_record(record);
        let mut verification =
            Verification { record, expected, numbers, strands, verdict: Verdict::default() };
        verification.judge_limits();
        verification.judge_refusals();
        verification
    }

    /// How many questions there are.
    pub fn questions(&self) -> usize {
        let draws = self.record.draws.len();
        self.accounts_from() + self.record.accounts.deposits.len() + draws * (self.numbers.len() + 1)
    }

    /// The question at this place, from 0.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn question(&self, place: usize) -> Query {
        match self.subject(place) {
            Subject::Ticket(ticket) => Query::ticket(self.record.accounts.id(ticket.account), ticket.id),
            Subject::Account(account) => Query::of(QueryKind::Account, self.record.accounts.id(account)),
            Subject::Number { draw, play, number } => Query::room(self.record.draws[draw].book, play, number),
            Subject::Draw(draw) => Query::of(QueryKind::Draw, self.record.draws[draw].book.into()),
        }
    }

    /// Judges the answer to the question at this place.
    ///
    /// # Panics
    /// If there are not so many questions.
    pub fn judge(&mut self, place: usize, answer: &Answer<'_>) {
        self.verdict.judged += 1;
        let code = answer.header.code.get();
        let judged = match self.subject(place) {
            Subject::Ticket(ticket) => self.judge_ticket(&ticket, answer),
            _ if code != ACCEPTED => None,
            Subject::Account(account) => self.judge_account(account, answer),
            Subject::Number { draw, play, number } => self.judge_number(draw, play, number, answer),
            Subject::Draw(draw) => self.judge_draw(draw, answer),
        };
        if judged.is_none() {
            self.verdict.add(Disagreement::NotAnswered { place, code });
        }
    }

    /// What it came to, once every question was judged; a question that was not counts as a disagreement.
    pub fn finish(mut self) -> Verdict {
        let questions = self.questions() as u64;
        if self.verdict.judged != questions {
            let place = self.verdict.judged as usize;
            self.verdict.add(Disagreement::NotAnswered { place, code: UNANSWERED });
        }
        self.verdict
    }

    fn accounts_from(&self) -> usize {
        self.strands.last().copied().unwrap_or(0)
    }

    fn subject(&self, place: usize) -> Subject<'a> {
        let tickets = self.accounts_from();
        if place < tickets {
            let strand = self.strands.partition_point(|&from| from <= place) - 1;
            return Subject::Ticket(self.record.strands[strand].ticket(place - self.strands[strand]));
        }
        let place = place - tickets;
        let accounts = self.record.accounts.deposits.len();
        if place < accounts {
            return Subject::Account(place as u32);
        }
        let place = place - accounts;
        let (draw, at) = (place / (self.numbers.len() + 1), place % (self.numbers.len() + 1));
        match self.numbers.get(at) {
            Some(&(play, number)) => Subject::Number { draw, play, number },
            None => Subject::Draw(draw),
        }
    }

    fn judge_limits(&mut self) {
        for (draw, expected) in self.record.draws.iter().zip(&self.expected.draws) {
            for &limit in &draw.limits {
                let taken = match limit.play {
                    Some(play) => expected.stake(play, limit.number),
                    None => expected.payout[usize::from(limit.number)],
                };
                if taken > limit.limit {
                    self.verdict.add(Disagreement::OverLimit { book: draw.book, limit, taken });
                }
            }
        }
    }

    /// A limit must not refuse what would have fitted. Tickets of several bets are left out: their bets add up.
    fn judge_refusals(&mut self) {
        let limits = [Refusal::StakeLimitReached as u16, Refusal::PayoutLimitReached as u16];
        let record = self.record;
        for ticket in record.tickets().filter(|ticket| limits.contains(&ticket.outcome.code)) {
            if let (&[wager], &[acceptable]) = (ticket.wagers, ticket.rooms)
                && (acceptable == NO_ROOM || acceptable >= i64::from(wager.stake))
            {
                let (account, id) = (record.accounts.id(ticket.account), ticket.id);
                let stake = wager.stake.into();
                self.verdict.add(Disagreement::RefusedInVain { account, id, stake, acceptable });
            }
        }
        let Tally { unanswered, .. } = record.tally();
        if unanswered > 0 {
            self.verdict.add(Disagreement::Unanswered { tickets: unanswered });
        }
    }

    fn judge_ticket(&mut self, ticket: &Ticket<'_>, answer: &Answer<'_>) -> Option<()> {
        let (account, id) = (self.record.accounts.id(ticket.account), ticket.id);
        let code = answer.header.code.get();
        match (ticket.outcome.code, code) {
            (UNANSWERED, _) => return Some(()),
            (ACCEPTED, ACCEPTED) => {}
            (ACCEPTED, code) => {
                self.verdict.add(Disagreement::TicketLost { account, id, code });
                return Some(());
            }
            (code, ACCEPTED) => {
                self.verdict.add(Disagreement::RefusedStands { account, id, code });
                return Some(());
            }
            (_, code) => return (code == Refusal::TicketUnknown as u16).then_some(()),
        }
        let (view, bets) = TicketView::ref_from_prefix(answer.body).ok()?;
        let bets = <[BetView]>::ref_from_bytes(bets).ok()?;
        let result = self.record.draws[ticket.draw].result;
        let book = self.record.draws[ticket.draw].book;
        let mut compare = |what, recorded: i128, read: i128| {
            if recorded != read {
                self.verdict.add(Disagreement::TicketDiffers { account, id, what, recorded, read });
            }
        };
        compare("id", id as i128, view.id.get() as i128);
        compare("account", account.into(), view.account.get().into());
        compare("tick", ticket.outcome.tick().into(), view.accepted.get().into());
        compare("cancellation", 0, view.cancelled.into());
        compare("number of bets", ticket.wagers.len() as i128, bets.len() as i128);
        for (wager, bet) in ticket.wagers.iter().zip(bets) {
            let (state, payout) = match result {
                None => (BetState::Open, 0),
                Some(result) if expected::wins(wager.play, wager.number, result) => {
                    (BetState::Paid, game::payout(wager.play, wager.number, wager.stake.into()))
                }
                Some(_) => (BetState::Lost, 0),
            };
            compare("stake", wager.stake.into(), bet.stake.get().into());
            compare("draw", book.into(), bet.book.get().into());
            compare("number", wager.number.into(), bet.number.get().into());
            compare("play", wager.play.into(), bet.play.into());
            compare("state", state as i128, bet.state.into());
            compare("payout", payout.into(), bet.payout.get().into());
        }
        Some(())
    }

    fn judge_account(&mut self, place: u32, answer: &Answer<'_>) -> Option<()> {
        let view: &AccountView = view(answer)?;
        let account = self.record.accounts.id(place);
        let fields = [
            ("available", self.expected.available[place as usize], view.available.get()),
            ("held", 0, view.held.get()),
            ("owed", 0, view.owed.get()),
        ];
        for (what, recorded, read) in fields.into_iter().filter(|(_, recorded, read)| recorded != read) {
            self.verdict.add(Disagreement::AccountDiffers { account, what, recorded, read });
        }
        Some(())
    }

    fn judge_number(&mut self, draw: usize, play: u8, number: u16, answer: &Answer<'_>) -> Option<()> {
        let view: &RoomView = view(answer)?;
        let book = self.record.draws[draw].book;
        let expected = &self.expected.draws[draw];
        let room_most = expected.room_told(play, number);
        let fields = [
            ("stake", expected.stake(play, number), view.stake.get()),
            ("payout", expected.payout[usize::from(number)], view.payout.get()),
            ("room", room_most.min(view.room.get()), view.room.get()),
        ];
        for (what, recorded, read) in fields.into_iter().filter(|(_, recorded, read)| recorded != read) {
            self.verdict.add(Disagreement::NumberDiffers { book, play, number, what, recorded, read });
        }
        Some(())
    }

    fn judge_draw(&mut self, draw: usize, answer: &Answer<'_>) -> Option<()> {
        let view: &DrawView = view(answer)?;
        let book = self.record.draws[draw].book;
        let expected = &self.expected.draws[draw];
        let fields = [
            ("stake", expected.staked, view.stake.get()),
            ("paid", expected.paid, view.paid.get()),
            ("bets", expected.bets as i64, view.bets.get() as i64),
            ("winners", expected.winners as i64, view.winners.get() as i64),
            ("winners paid", expected.winners as i64, view.winners_paid.get() as i64),
        ];
        for (what, recorded, read) in fields.into_iter().filter(|(_, recorded, read)| recorded != read) {
            self.verdict.add(Disagreement::DrawDiffers { book, what, recorded, read });
        }
        Some(())
    }
}

/// The view that the body of an answer begins with, as that of its kind; `None` if it is not one.
pub(crate) fn view<'a, T: FromBytes + KnownLayout + Immutable + Unaligned>(
    answer: &Answer<'a>,
) -> Option<&'a T> {
    T::ref_from_prefix(answer.body).ok().map(|(view, _)| view)
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
