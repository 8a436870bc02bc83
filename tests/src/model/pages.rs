//! What can be read page by page: the whole list is made, and as much of it cut out as one page looks at.

use super::limits::{Counted, Held};
use super::reply::narrow;
use super::{BetState, Book, Model, Reason, State};

/// Most rows of a page.
const ROWS: usize = 100;

/// A page, and how many were looked at for it; whether there is more behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is shown.
    pub rows: Vec<T>,
    /// What was looked at, shown or not.
    pub looked_at: usize,
    /// Whether the list goes on.
    pub more: bool,
}

/// A ticket in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub struct TicketLine {
    pub id: u128,
    pub accepted: u64,
    pub bets: usize,
    pub state: BetState,
    pub stake: i64,
    pub payout: i64,
}

/// A draw in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub struct DrawLine {
    pub book: u32,
    pub game: u64,
    pub version: u16,
    pub state: State,
    pub closes_at: u64,
    pub stake: i64,
    pub bets: u64,
}

/// A winning bet in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub struct WinnerLine {
    pub ticket: u128,
    pub account: u64,
    pub place: usize,
    pub play: u8,
    pub number: u16,
    pub stake: i64,
    pub payout: i64,
    pub paid: bool,
}

/// What holds for one number: 0 of a block, 4 of its payout, 2 of the stake of a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub struct LimitLine {
    pub number: u16,
    pub play: u8,
    pub scope: u8,
    pub limit: i64,
}

impl Model {
    /// Tickets of an account, the newest first, behind so many; only those in a state, if one is given.
    pub fn tickets_page(
        &self,
        account: u64,
        skip: usize,
        of: Option<BetState>,
    ) -> Result<Page<TicketLine>, Reason> {
        if !self.accounts.contains_key(&account) {
            return Err(Reason::AccountUnknown);
        }
        let mut mine: Vec<_> = self.tickets.iter().filter(|((owner, _), _)| *owner == account).collect();
        mine.sort_by_key(|(_, ticket)| std::cmp::Reverse(ticket.before));
        let (mut rows, mut bets, mut looked_at) = (Vec::new(), 0, 0);
        for ((_, id), ticket) in mine.iter().skip(skip) {
            if rows.len() == ROWS || looked_at == 1_000 || bets >= 4_096 {
                return Ok(Page { rows, looked_at, more: true });
            }
            looked_at += 1;
            bets += ticket.bets.len();
            let line = self.ticket_line(account, *id);
            if of.is_none_or(|of| of == line.state) {
                rows.push(line);
            }
        }
        Ok(Page { rows, looked_at, more: false })
    }

    fn ticket_line(&self, account: u64, id: u128) -> TicketLine {
        let seen = self.ticket(account, id).expect("the ticket is there");
        let is = |state| seen.bets.iter().any(|bet| bet.state == state);
        use BetState::{Cancelled, Lost, Open, Paid, Refunded, Won};
        let state = [Open, Won, Paid, Lost, Refunded].into_iter().find(|state| is(*state));
        TicketLine {
            id,
            accepted: seen.accepted,
            bets: seen.bets.len(),
            state: state.unwrap_or(Cancelled),
            stake: seen.bets.iter().map(|bet| bet.stake).sum(),
            payout: seen.bets.iter().map(|bet| bet.payout).sum(),
        }
    }

    /// Draws above this number.
    pub fn draws_page(&self, after: u32) -> Page<DrawLine> {
        let mut lines =
            self.books.iter().filter(|(number, _)| **number > after).map(|(number, book)| DrawLine {
                book: *number,
                game: book.draw.game,
                version: book.draw.version,
                state: book.state,
                closes_at: book.draw.closes_at,
                stake: narrow(book.stake()),
                bets: book.standing().count() as u64,
            });
        let rows: Vec<_> = lines.by_ref().take(ROWS).collect();
        Page { looked_at: rows.len(), rows, more: lines.next().is_some() }
    }

    /// Winners of a draw behind so many bets that its result meets, those taken back included.
    pub fn winners_page(&self, book: u32, skip: usize) -> Result<Page<WinnerLine>, Reason> {
        let book = self.books.get(&book).ok_or_else(|| self.no_draw(book))?;
        if book.results.is_empty() {
            return Err(Reason::DrawState);
        }
        let place = |code: u8| book.game.plays.iter().position(|play| play.code == code);
        let met = book.bets.iter().enumerate().filter(|(_, taken)| book.won(taken).is_some());
        let mut met: Vec<_> = met.collect();
        met.sort_by_key(|(at, taken)| (place(taken.bet.play), taken.counted.key, *at));
        let (mut rows, mut looked_at) = (Vec::new(), 0);
        for (at, taken) in met.into_iter().skip(skip) {
            if rows.len() == ROWS || looked_at == 4_096 {
                return Ok(Page { rows, looked_at, more: true });
            }
            looked_at += 1;
            let owner = (taken.account, taken.ticket);
            // What its ticket said of a bet has left with the ticket.
            if let Some(ticket) = self.tickets.get(&owner).filter(|_| taken.stands) {
                let before = book.bets[..at].iter().filter(|other| (other.account, other.ticket) == owner);
                let in_book = ticket.bets.iter().enumerate();
                let mut in_book = in_book.filter(|(_, bet)| std::ptr::eq(&self.books[&bet.book], book));
                rows.push(WinnerLine {
                    ticket: taken.ticket,
                    account: taken.account,
                    place: in_book.nth(before.count()).expect("a bet of its ticket").0,
                    play: taken.bet.play,
                    number: taken.bet.number,
                    stake: taken.bet.stake,
                    payout: book.state_of(taken).1,
                    paid: taken.paid,
                });
            }
        }
        Ok(Page { rows, looked_at, more: false })
    }

    /// The payout limit, the limits of the whole draw and those by group; then what holds for numbers from one on, with
    /// the number at which the next page begins as what was looked at.
    pub fn limits_page(&self, book: u32, from: u16) -> Result<([i64; 11], Page<LimitLine>), Reason> {
        let book = self.books.get(&book).ok_or_else(|| self.no_draw(book))?;
        book.check_number(from).map_err(|refused| refused.reason)?;
        let mut heads = [0; 11];
        heads[0] = narrow(book.moved_or(Held::Payout, book.draw.payout_limit));
        (heads[1], heads[2]) = (narrow(book.draw_stake_limit()), narrow(book.draw_payout_limit()));
        for (group, head) in heads[3..].iter_mut().enumerate() {
            let created = book.draw.stake_limits[group];
            *head = narrow(book.moved_or(Held::Stake(group as u8), created));
        }
        let highest = super::highest(&book.game);
        let end = highest.min(from + 999);
        let lines: Vec<_> = book.limit_lines().into_iter().filter(|line| line.number >= from).collect();
        let mut rows: Vec<_> = lines.iter().copied().filter(|line| line.number <= end).collect();
        let mut next = end + 1;
        if rows.len() > ROWS {
            next = rows[ROWS].number;
            rows.retain(|line| line.number < next);
        }
        Ok((heads, Page { rows, looked_at: next.into(), more: next <= highest }))
    }
}

impl Book {
    fn limit_lines(&self) -> Vec<LimitLine> {
        let of_play = |counted: &Counted| {
            let is = |play: &&super::Play| {
                Counted { key: 0, ..Counted::of(play, 0, 0) } == Counted { key: 0, ..*counted }
            };
            self.game.plays.iter().find(is).expect("an override is one of a play").code
        };
        let blocks =
            self.blocked.iter().map(|number| LimitLine { number: *number, play: 0, scope: 0, limit: 0 });
        let moved = self.limits.iter().filter_map(|(held, limit)| match held {
            Held::PayoutOn(number) => Some(LimitLine { number: *number, play: 0, scope: 4, limit: *limit }),
            Held::StakeOn(counted) => {
                let (number, play) = (counted.key, of_play(counted));
                Some(LimitLine { number, play, scope: 2, limit: *limit })
            }
            _ => None,
        });
        let mut lines: Vec<_> = blocks.chain(moved).collect();
        lines.sort();
        lines
    }
}
