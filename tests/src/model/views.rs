//! What can be read of the ledger.

use std::collections::BTreeSet;

use super::book::Taken;
use super::reply::narrow;
use super::{Book, Model, Reason, Refused, State, Status};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSeen {
    /// Minor units that can be staked or withdrawn; below zero on credit.
    pub available: i64,
    /// Minor units set aside.
    pub held: i64,
    /// Minor units it owes.
    pub owed: i64,
    /// Minor units that it may go below zero.
    pub credit_limit: i64,
    /// Nanoseconds since the Unix epoch; 0: it never was.
    pub excluded_until: u64,
    /// What it may do.
    pub status: Status,
    /// Holds that stand.
    pub holds: u32,
    /// ISO 4217 number.
    pub currency: u16,
    /// Tickets ever placed, those that were cancelled or have left too.
    pub tickets: u32,
    /// The account above it; 0: none.
    pub parent: u64,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketSeen {
    /// The tick that accepted it.
    pub accepted: u64,
    /// Whether it was taken back.
    pub cancelled: bool,
    /// Its bets, in order.
    pub bets: Vec<BetSeen>,
}

/// A bet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetSeen {
    /// The draw.
    pub book: u32,
    /// The play.
    pub play: u8,
    /// The number.
    pub number: u16,
    /// Minor units.
    pub stake: i64,
    /// Minor units; the prize before tax of one that won, the stake of one that was refunded, else 0.
    pub payout: i64,
    /// What became of it.
    pub state: BetState,
}

/// What became of a bet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum BetState {
    Open = 1,
    Cancelled = 2,
    Lost = 3,
    Won = 4,
    Paid = 5,
    Refunded = 6,
}

/// A draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawSeen {
    /// Its game.
    pub game: u64,
    /// Nanoseconds since the Unix epoch, or 0.
    pub opens_at: u64,
    /// Nanoseconds since the Unix epoch.
    pub closes_at: u64,
    /// Minor units of the standing bets.
    pub stake: i64,
    /// Minor units.
    pub escrow: i64,
    /// Minor units paid to winners.
    pub paid: i64,
    /// Standing bets.
    pub bets: u64,
    /// Of these, those that the result pays.
    pub winners: u64,
    /// Of these, those paid.
    pub winners_paid: u64,
    /// ISO 4217 number.
    pub currency: u16,
    /// The winning numbers, once they are known.
    pub results: Vec<u16>,
    /// How far it has come.
    pub state: State,
    /// What names the bets that it was closed with; zeros before it is sealed.
    pub seal: [u8; 32],
    /// 0: it has not closed; 1: it is being sealed; 2: it is sealed.
    pub seal_state: u8,
    /// Bets that stood when it closed.
    pub sealed_bets: u64,
    /// Their stakes, minor units.
    pub sealed_stake: i64,
    /// What it would have paid if the worst number had come alone, for the top prize, minor units.
    pub worst_payout: i64,
    /// Posted on it and not taken back, minor units.
    pub commission: i64,
    /// Nanoseconds since the Unix epoch; 0: something is left to do.
    pub ended_at: u64,
    /// How often its result was corrected.
    pub corrections: u8,
}

/// The room for a play on a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomSeen {
    /// Stake still acceptable, minor units.
    pub room: i64,
    /// Stake taken on it, minor units.
    pub stake: i64,
    /// What the draw would pay if the number came, minor units.
    pub payout: i64,
}

/// The size of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerSeen {
    /// Of the last tick, nanoseconds since the Unix epoch.
    pub time: u64,
    /// Accounts.
    pub accounts: u64,
    /// Tickets that have not left.
    pub tickets: u64,
    /// Standing bets without a result.
    pub open_bets: u64,
}

/// The sums of one currency, minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the ledger's accounts")]
pub struct AuditSeen {
    pub cash_in: i64,
    pub cash_out: i64,
    pub accounts: i64,
    pub owed: i64,
    pub escrow: i64,
    pub house: i64,
    pub tax: i64,
    pub rounding: i64,
    pub commission: i64,
    /// Stakes of standing bets without a result.
    pub open_stake: i64,
    /// Whether accounts − owed + escrow + house + tax + rounding + commission = in − out.
    pub conserved: bool,
}

impl Model {
    /// The last tick's number.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// The last tick's time.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Every account.
    pub fn accounts(&self) -> impl Iterator<Item = u64> {
        self.accounts.keys().copied()
    }

    /// Every ticket that has not left, by account and id.
    pub fn tickets(&self) -> impl Iterator<Item = (u64, u128)> {
        self.tickets.keys().copied()
    }

    /// Every draw that has not left.
    pub fn books(&self) -> impl Iterator<Item = (u32, &Book)> {
        self.books.iter().map(|(number, book)| (*number, book))
    }

    /// Ids known that are not tickets'.
    pub fn remembered_ids(&self) -> u64 {
        self.memory.count()
    }

    /// When due work waits: the next opening, closing or expiry, or at once while a draw is being paid.
    pub fn next_due(&self) -> Option<u64> {
        let due = |book: &Book| match book.state {
            State::Draft if book.draw.opens_at != 0 => Some(book.draw.opens_at),
            State::Draft | State::Open | State::Suspended => Some(book.draw.closes_at),
            _ if book.has_work_left() => Some(self.time),
            _ => None,
        };
        let books = self.books.values().filter_map(due);
        books.chain(self.accounts.values().filter_map(|account| account.next_expiry())).min()
    }

    /// An account.
    pub fn account(&self, account: u64) -> Result<AccountSeen, Reason> {
        let row = self.accounts.get(&account).ok_or(Reason::AccountUnknown)?;
        Ok(AccountSeen {
            available: narrow(row.available),
            held: narrow(row.held()),
            owed: narrow(row.owed),
            credit_limit: narrow(row.credit_limit),
            excluded_until: row.excluded_until,
            status: row.status,
            holds: row.holds_standing(),
            currency: row.currency,
            tickets: row.placed,
            parent: row.parent,
        })
    }

    /// A ticket; its bets' states derive from their draws' results.
    pub fn ticket(&self, account: u64, id: u128) -> Result<TicketSeen, Reason> {
        if !self.accounts.contains_key(&account) {
            return Err(Reason::AccountUnknown);
        }
        let ticket = self.tickets.get(&(account, id)).ok_or_else(|| self.no_ticket(account, id))?;
        let mut seen_of_book = std::collections::BTreeMap::new();
        let bets = ticket.bets.iter().map(|bet| {
            // The n-th bet of a ticket in a book is the n-th there with this ticket's name.
            let nth = seen_of_book.entry(bet.book).or_insert(0);
            let book = &self.books[&bet.book];
            let mut mine = book.bets.iter().filter(|taken| (taken.account, taken.ticket) == (account, id));
            let taken = mine.nth(*nth).expect("an accepted bet lies in its book");
            *nth += 1;
            let (state, payout) = book.state_of(taken);
            BetSeen { book: bet.book, play: bet.play, number: bet.number, stake: bet.stake, payout, state }
        });
        Ok(TicketSeen { accepted: ticket.accepted, cancelled: ticket.cancelled, bets: bets.collect() })
    }

    /// A draw.
    pub fn draw(&self, book: u32) -> Result<DrawSeen, Reason> {
        let book = self.books.get(&book).ok_or_else(|| self.no_draw(book))?;
        let sealed = book.sealed_seen();
        Ok(DrawSeen {
            game: book.draw.game,
            opens_at: book.draw.opens_at,
            closes_at: book.draw.closes_at,
            stake: narrow(book.stake()),
            escrow: narrow(book.escrow),
            paid: narrow(book.paid()),
            bets: book.standing().count() as u64,
            winners: book.winners().count() as u64,
            winners_paid: book.winners().filter(|(taken, _)| taken.paid).count() as u64,
            currency: book.draw.currency,
            results: book.results.clone(),
            state: book.state,
            seal: sealed.seal,
            seal_state: sealed.state,
            sealed_bets: sealed.bets,
            sealed_stake: sealed.stake,
            worst_payout: sealed.worst,
            commission: narrow(book.commission.posted()),
            ended_at: book.ended_at,
            corrections: book.corrections,
        })
    }

    /// The room for a play on a number.
    pub fn room(&self, book: u32, play: u8, number: u16) -> Result<RoomSeen, Reason> {
        let book = self.books.get(&book).ok_or_else(|| self.no_draw(book))?;
        let play = book.check_play(play, number).map_err(|refused: Refused| refused.reason)?;
        Ok(RoomSeen {
            room: narrow(book.room(play, number)),
            stake: narrow(book.stake_on(play, number)),
            payout: narrow(book.payout_on(number)),
        })
    }

    /// The size of the ledger.
    pub fn ledger(&self) -> LedgerSeen {
        LedgerSeen {
            time: self.time,
            accounts: self.accounts.len() as u64,
            tickets: self.tickets.len() as u64,
            open_bets: self.books.values().map(|book| book.staked().count() as u64).sum(),
        }
    }

    /// The sums of one currency.
    pub fn audit(&self, currency: u16) -> AuditSeen {
        let of = |sums: &std::collections::BTreeMap<u16, i128>| *sums.get(&currency).unwrap_or(&0);
        let (cash_in, cash_out, house) = (of(&self.cash_in), of(&self.cash_out), of(&self.house));
        let mine = || self.accounts.values().filter(|account| account.currency == currency);
        let accounts: i128 = mine().map(|account| account.available + account.held()).sum();
        let owed: i128 = mine().map(|account| account.owed).sum();
        let books = || self.books.values().filter(|book| book.draw.currency == currency);
        let escrow: i128 = books().map(|book| book.escrow).sum();
        let open_stake =
            books().flat_map(|book| book.staked()).map(|taken| i128::from(taken.bet.stake)).sum();
        let (tax, rounding, commission) = (of(&self.tax), of(&self.rounding), of(&self.commission));
        let inside = accounts - owed + escrow + house + tax + rounding + commission;
        AuditSeen {
            cash_in: narrow(cash_in),
            cash_out: narrow(cash_out),
            accounts: narrow(accounts),
            owed: narrow(owed),
            escrow: narrow(escrow),
            house: narrow(house),
            tax: narrow(tax),
            rounding: narrow(rounding),
            commission: narrow(commission),
            open_stake: narrow(open_stake),
            conserved: inside == cash_in - cash_out,
        }
    }
}

impl Book {
    pub(super) fn state_of(&self, taken: &Taken) -> (BetState, i64) {
        if taken.refunded {
            return (BetState::Refunded, taken.bet.stake);
        }
        if !taken.stands {
            return (BetState::Cancelled, 0);
        }
        if self.results.is_empty() {
            return (BetState::Open, 0);
        }
        match self.won(taken) {
            None => (BetState::Lost, 0),
            Some(won) => (if taken.paid { BetState::Paid } else { BetState::Won }, narrow(won.prize)),
        }
    }

    /// The numbers of its standing bets.
    pub fn numbers(&self) -> Vec<u16> {
        self.standing().map(|taken| taken.bet.number).collect()
    }

    /// The result of one number, again and again, that would cost the draw most.
    pub fn dearest_result(&self) -> Option<Vec<u16>> {
        let result = |number: u16| vec![number; usize::from(self.game.results)];
        let cost = |number: &u16| -> i128 {
            let results = result(*number);
            self.standing().filter_map(|taken| self.won_by(&results, taken)).map(|won| won.prize).sum()
        };
        self.numbers().into_iter().collect::<BTreeSet<u16>>().into_iter().max_by_key(cost).map(result)
    }

    /// The winning numbers before the last correction.
    pub fn before(&self) -> &[u16] {
        &self.results_before
    }

    /// Whether a stake has been given back because the draw was called off.
    pub fn has_refunded(&self) -> bool {
        self.bets.iter().any(|taken| taken.refunded)
    }

    /// Whether several winning numbers pay one bet.
    pub fn has_double_winner(&self) -> bool {
        self.standing().any(|taken| {
            let play = self.game.play(taken.bet.play).expect("an accepted bet names a play");
            let drawn = self.results.iter().zip(self.game.tiers);
            drawn
                .filter(|(drawn, tier)| self.game.met(play, taken.bet.number, **drawn, *tier).is_some())
                .count()
                > 1
        })
    }
}
