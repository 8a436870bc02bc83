//! What clients send: tickets, cancels, money.

use super::{Profile, Traffic, tables};
use crate::model::{
    AMOUNT_MAX, Ask, Bet, Book, Counted, Model, Reason, State, digits, highest, lines, orders,
};

impl Traffic {
    pub(super) fn client(&mut self, model: &Model) -> Ask {
        match self.random.below(32) {
            0..=20 => self.ticket(model),
            21..=25 => self.cancel(model),
            26..=27 => self.deposit(model),
            28..=30 => self.withdraw(model),
            _ => self.open_account(),
        }
    }

    pub(super) fn ticket(&mut self, model: &Model) -> Ask {
        let account = self.any_account();
        let count = match self.random.below(10) {
            // What is sealed over several ticks has many bets.
            0..=6 if self.profile == Profile::Crowded => 40 + self.random.below(25),
            0 => 1 + self.random.below(64),
            1..=4 => 2 + self.random.below(4),
            _ => 1,
        };
        let books: Vec<(u32, &Book)> = model.books().collect();
        let open: Vec<(u32, &Book)> =
            books.iter().filter(|(_, book)| book.state == State::Open).copied().collect();
        let mut bets: Vec<Bet> = Vec::new();
        if open.is_empty() && !self.random.one_in(6) {
            return self.deposit(model);
        }
        let fits = model.account(account).ok().map(|seen| seen.currency);
        for _ in 0..count {
            // Most go where they can be taken, so that a long ticket has a chance.
            let mine: Vec<(u32, &Book)> =
                open.iter().filter(|(_, book)| Some(book.draw.currency) == fits).copied().collect();
            let among = if mine.is_empty() || self.random.one_in(30 * count) { &books } else { &mine };
            let seldom = if self.goes_by_days() { 20 } else { 80 };
            if among.is_empty() || self.random.one_in(seldom * count) {
                bets.push(Bet { book: self.missing_draw(model), play: 1, number: 1, stake: 100 });
                continue;
            }
            let (number, book) = match self.profile {
                Profile::Crowded if !self.random.one_in(8 * count) => among[0],
                _ => self.random.of(among),
            };
            let bet = self.bet(model, account, number, book, count);
            bets.push(bet);
        }
        Ask::Place { account, bets }
    }

    fn bet(&mut self, model: &Model, account: u64, number: u32, book: &Book, count: u64) -> Bet {
        let play = if self.random.one_in(60 * count) {
            self.random.of(&[0, 44, 200])
        } else {
            self.random.of(&book.game.plays.iter().map(|play| play.code).collect::<Vec<_>>())
        };
        let mut on = self.any_number(book, count);
        let table = book.game.plays.iter().find(|known| known.code == play);
        if let Some(play) = table.filter(|_| !self.random.one_in(20 * count)) {
            on = book.game.named_only(play, on);
        }
        if model.room(number, play, on) == Err(Reason::PlayNotAllowed) && !self.random.one_in(8 * count) {
            on = self.any_number(book, count);
        }
        let lines = table.map_or(1, |play| lines(&book.game, play, on));
        let room = model.room(number, play, on).map_or(0, |seen| seen.room);
        let share = room / count as i64;
        let of_account = self.random.of(&[Counted::Stake, Counted::NetLoss]);
        let of_account = model.rolling_room(account, of_account);
        let (least, most) = (book.game.stake_min * lines, book.game.stake_max.saturating_mul(lines));
        let stake = match self.random.below(20) {
            _ if self.profile == Profile::Crowded && count > 8 => least,
            // Enough to win more than a draw may pay.
            17.. if self.profile == Profile::High && book.draw.game == tables::STEEP => 2_000_000_000,
            0 => room,
            1 => room + 1,
            2 => share,
            3 => share + 1,
            4 if self.random.one_in(4) => least - 1,
            5 if self.random.one_in(4) => most + 1,
            6 => most,
            8 => of_account.map_or(least, |room| room / count as i64),
            9 => of_account.map_or(least, |room| room / count as i64 + 1),
            7 => least,
            _ if self.profile == Profile::High && self.random.one_in(3) => most - self.random.below(5) as i64,
            _ => least + self.random.below((most - least + 1).clamp(1, 20_00) as u64) as i64,
        };
        // What is left is often more than a bet may be, or less.
        let stake = if self.random.one_in(3) { stake } else { stake.clamp(least - 1, most + 1) };
        // Whole lines, mostly; one more than a whole number of them breaks the room as well.
        let stake = if self.random.one_in(12) { stake } else { (stake + lines - 1) / lines * lines };
        Bet { book: number, play, number: on, stake: stake.clamp(1, AMOUNT_MAX) }
    }

    /// Few numbers are hot: a triple, a pair, some orders of one class; any other comes seldom.
    pub(super) fn any_number(&mut self, book: &Book, count: u64) -> u16 {
        let highest = highest(&book.game);
        if self.random.one_in(60 * count) {
            return highest + 1 + self.random.below(50) as u16;
        }
        if self.random.one_in(8) {
            return self.random.below(u64::from(highest) + 1) as u16;
        }
        let hot = [1, 10, 5, 123, 321, 112, 211, 0, 777, 4, 2, 13].map(|number| number % (highest + 1));
        let number = self.random.of(&hot);
        // Of the hot numbers the ones that cannot be played in any order are met a little less.
        let flat = digits(&book.game, number).windows(2).all(|pair| pair[0] == pair[1]);
        if flat && orders(&book.game, number) == 1 && self.random.one_in(2) { 1 } else { number }
    }

    fn cancel(&mut self, model: &Model) -> Ask {
        if self.random.one_in(6)
            && let Some((account, ticket)) = self.departed_ticket(model)
        {
            return Ask::Cancel { account, ticket };
        }
        let tickets: Vec<(u64, u128)> = model.tickets().collect();
        let (account, ticket) = match self.random.below(10) {
            // One that never came; the stream may place it later.
            0..=1 => {
                let account = self.any_account();
                let ticket = self.id();
                self.recent.push((account, ticket));
                (account, ticket)
            }
            2..=5 if !self.recent.is_empty() => self.random.of(&self.recent),
            6 if !self.sent.is_empty() => {
                let at = self.random.below(self.sent.len() as u64) as usize;
                (self.sent[at].ask.account().unwrap_or(1), self.sent[at].id)
            }
            _ if tickets.is_empty() => (1, self.id()),
            _ => self.random.of(&tickets),
        };
        Ask::Cancel { account, ticket }
    }

    fn deposit(&mut self, model: &Model) -> Ask {
        let account = self.any_account();
        Ask::Deposit { account, amount: self.deposit_amount(model, account) }
    }

    /// All there is, one more than that, or some of it, while tickets race for the same money.
    fn withdraw(&mut self, model: &Model) -> Ask {
        let account = self.any_account();
        let available = model.account(account).map_or(1, |seen| seen.available);
        let amount = match self.random.below(8) {
            0 => available,
            1 | 2 => available + 1,
            _ => 1 + self.random.below(50_00) as i64,
        };
        Ask::Withdraw { account, amount: amount.clamp(1, AMOUNT_MAX) }
    }
}
