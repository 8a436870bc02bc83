//! A draw: its bets, and what it takes.

use std::collections::{BTreeMap, BTreeSet};

use super::commission::Commission;
use super::events::Cells;
use super::game::{class, highest, lines};
use super::life::Won;
use super::limits::{Counted, Held};
use super::seal::Seal;
use super::{Bet, Cell, Draw, Game, Play, Reason, Refused};

/// How far a draw has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum State {
    Draft = 1,
    Open = 2,
    Closed = 3,
    Settling = 4,
    Settled = 5,
    Suspended = 6,
    Voiding = 7,
    Void = 8,
    Correcting = 9,
}

impl State {
    /// All of them.
    pub const ALL: [State; 9] = [
        State::Draft,
        State::Open,
        State::Closed,
        State::Settling,
        State::Settled,
        State::Suspended,
        State::Voiding,
        State::Void,
        State::Correcting,
    ];

    /// Whether neither a result nor a voiding has come.
    pub fn is_undecided(self) -> bool {
        matches!(self, State::Draft | State::Open | State::Suspended | State::Closed)
    }

    /// Whether its bets are being paid, given back or corrected.
    pub(super) fn is_paying(self) -> bool {
        matches!(self, State::Settling | State::Voiding | State::Correcting)
    }

    /// Whether the cut-off has not come, nor anything else that ends the betting.
    pub(super) fn is_before_the_close(self) -> bool {
        matches!(self, State::Draft | State::Open | State::Suspended)
    }
}

/// A draw.
#[derive(Clone, Debug)]
pub struct Book {
    /// Its number.
    pub(super) number: u32,
    /// As it was created; `closes_at` is when it closed, once it has.
    pub draw: Draw,
    /// Its game's table.
    pub game: Game,
    /// How far it has come.
    pub state: State,
    /// The winning numbers; none before the result.
    pub results: Vec<u16>,
    /// A result that waits for a second principal, and who gave it.
    pub kept: Option<(Vec<u16>, u32)>,
    /// The winning numbers before the last correction.
    pub(super) results_before: Vec<u16>,
    /// Another result that waits for a second principal, and who gave it.
    pub proposed: Option<(Vec<u16>, u32)>,
    /// How often the result was corrected.
    pub corrections: u8,
    /// What it was closed with; `None` before.
    pub(super) seal: Option<Seal>,
    /// What its stakes bring those who sell them.
    pub(super) commission: Commission,
    /// The time of the tick that gave it a result, another one, or called it off.
    pub(super) decided_at: u64,
    /// When nothing was left to do; 0 before.
    pub(super) ended_at: u64,
    /// Every bet ever accepted, in that order.
    pub(super) bets: Vec<Taken>,
    /// What stands for its bets, minor units.
    pub(super) escrow: i128,
    /// Limits that were moved after the creation.
    pub(super) limits: BTreeMap<Held, i64>,
    /// Blocked numbers.
    pub(super) blocked: BTreeSet<u16>,
    /// Bets whose turn has come: of those that the result meets (or that before it), or of all in a draw that was
    /// called off.
    pub(super) looked_at: usize,
    /// The last day of the tickets that name it, and not before its own.
    pub(super) last_day: u64,
    /// Everything under which its stakes are counted, with the first of the plays that are counted together.
    pub(super) cells: Cells,
}

/// A bet that was accepted.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub account: u64,
    pub ticket: u128,
    /// Its place in the ticket.
    pub place: u8,
    pub bet: Bet,
    /// Under what its stake is counted.
    pub counted: Counted,
    /// What it would be paid if a number came alone, for the top prize: by number.
    pub presses: Vec<(u16, i128)>,
    /// Whether it was neither taken back nor refunded.
    pub stands: bool,
    /// Whether it stood when the draw closed.
    pub stood: bool,
    /// Whether its turn has come under the result that holds.
    pub paid: bool,
    /// What it has been paid so far, tax included.
    pub got: Won,
    /// Whether its stake was given back because the draw was called off.
    pub refunded: bool,
}

impl Book {
    pub(super) fn new(number: u32, draw: Draw, game: Game, cells: Cells) -> Book {
        Book {
            number,
            last_day: draw.day(),
            cells,
            draw,
            game,
            state: State::Draft,
            results: Vec::new(),
            kept: None,
            results_before: Vec::new(),
            proposed: None,
            corrections: 0,
            seal: None,
            commission: Commission::default(),
            decided_at: 0,
            ended_at: 0,
            bets: Vec::new(),
            escrow: 0,
            limits: BTreeMap::new(),
            blocked: BTreeSet::new(),
            looked_at: 0,
        }
    }

    /// Bets that have not been taken back, nor refunded.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Taken> {
        self.bets.iter().filter(|taken| taken.stands)
    }

    /// Standing bets, as long as there is no result.
    pub(super) fn staked(&self) -> impl Iterator<Item = &Taken> {
        let is_decided = !self.results.is_empty();
        self.standing().filter(move |_| !is_decided)
    }

    /// Whether the bet can be taken, and if not, why first.
    pub(super) fn check_bet(&self, time: u64, currency: u16, at: usize, bet: &Bet) -> Result<(), Refused> {
        let of_bet = |refused: Refused| Refused { bet: Some(at as u8), ..refused };
        self.check_takes_bets(time).map_err(of_bet)?;
        if self.draw.currency != currency {
            return Err(Reason::CurrencyMismatch.at(at, self.draw.currency.into()));
        }
        let play = self.check_play(bet.play, bet.number).map_err(of_bet)?;
        self.check_stake(play, bet).map_err(of_bet)?;
        self.check_limits(play, bet).map_err(of_bet)
    }

    fn check_takes_bets(&self, time: u64) -> Result<(), Refused> {
        let is_closed = !self.state.is_before_the_close() || time >= self.draw.closes_at;
        match self.state {
            State::Draft => Err(Reason::DrawNotOpen.whole((self.draw.opens_at / super::MS).into())),
            State::Suspended => Err(Reason::DrawSuspended.whole(0)),
            _ if is_closed => Err(Reason::DrawClosed.whole((self.draw.closes_at / super::MS).into())),
            _ => Ok(()),
        }
    }

    /// Whether the stake is so many whole lines, each within the game's bounds.
    fn check_stake(&self, play: &Play, bet: &Bet) -> Result<(), Refused> {
        let lines = lines(&self.game, play, bet.number);
        let (least, most) = (self.game.stake_min, self.game.stake_max);
        if bet.stake % lines != 0 {
            let lower = bet.stake - bet.stake % lines;
            return Err(Reason::StakeNotWhole.whole(if lower == 0 { lines } else { lower }.into()));
        }
        if bet.stake / lines < least {
            return Err(Reason::StakeBelowMinimum.whole(i128::from(least) * i128::from(lines)));
        }
        if bet.stake / lines > most {
            return Err(Reason::StakeAboveMaximum.whole(i128::from(most) * i128::from(lines)));
        }
        Ok(())
    }

    /// Whether the game has the play and it can be made on the number.
    pub(super) fn check_play(&self, code: u8, number: u16) -> Result<&Play, Refused> {
        let Some(play) = self.game.play(code) else {
            return Err(Reason::PlayUnknown.whole(self.game.highest_play().into()));
        };
        self.check_number(number)?;
        let right = self.game.named_only(play, number);
        if right != number {
            return Err(Reason::PlayNotAllowed.whole(right.into()));
        }
        let orders = self.game.orders_for(play, number);
        if play.cells.iter().all(|cell| cell.orders != orders) {
            return Err(Reason::PlayNotAllowed.whole(0));
        }
        Ok(play)
    }

    /// Whether the number belongs to the game.
    pub(super) fn check_number(&self, number: u16) -> Result<(), Refused> {
        let highest = highest(&self.game);
        if number > highest { Err(Reason::NumberOutside.whole(highest.into())) } else { Ok(()) }
    }

    /// Adds a bet to the book, if only to see what the next one of its ticket meets.
    pub(super) fn take(&mut self, account: u64, ticket: u128, at: usize, bet: &Bet) {
        let play = self.game.play(bet.play).expect("the play was checked");
        let pays = |(number, cell): (u16, Cell)| (number, self.game.prize(&cell, bet.stake.into()));
        self.bets.push(Taken {
            account,
            ticket,
            place: at as u8,
            bet: *bet,
            counted: Counted::of(play, bet.number, class(&self.game, bet.number)),
            presses: self.game.presses_on(play, bet.number).into_iter().map(pays).collect(),
            stands: true,
            stood: false,
            paid: false,
            got: Won::default(),
            refunded: false,
        });
        self.escrow += i128::from(bet.stake);
    }

    /// The draw's state as a refusal, unless it is among these.
    pub(super) fn check_state(&self, right: &[State]) -> Result<(), Refused> {
        if right.contains(&self.state) { Ok(()) } else { Err(Reason::DrawState.whole(self.state as i128)) }
    }

    pub(super) fn check_undecided(&self) -> Result<(), Refused> {
        self.check_state(&[State::Draft, State::Open, State::Suspended, State::Closed])
    }
}
