//! The words of a scenario's commands and reads.
//!
//! ```text
//! ledger  [window S] [ahead S] [refused N] [payouts N] [accounts N] [tickets N] [books N] [partitions N]
//!         [holds N] [limited N] [references N] [raise S] [movements N] [retention S] [sealed N] [tree N]
//!         [sellers N]
//! game    3d | md.pick3 | NAME [vN] 10^3 1.00..500.00 straight=500 box=3:160,6:80     see [`crate::games`]
//! account A1 [840] [below A2]        deposit A1 10.00        withdraw A1 10.00
//! draw    D1 GAME [vN] [open] [from S] until S [settles S] [payout M] [total M] [worst M] [stake PLAY=M ...] [final]
//!         [confirmed] [currency N]
//! open D1      suspend D1      resume D1      close D1      void D1      block D1 123      unblock D1 123
//! settle D1 123 [456 ...]      correct D1 124 [456 ...]      see [`super::seals`]
//! limit   D1 straight 123 5.00 | D1 straight * 5.00 | D1 payout 123 5.00 | D1 payout * none | ... clear
//! limit   D1 total * 5.00 | D1 worst * 5.00
//! bet     A1 D1 straight 123 10.00 [, D1 rambolito 123 5.00 ...]
//! cancel  A1 #t      annul A1 #t                        the latter is an operator's
//! balance A1      ticket A1 #t      seen D1      drawn D1      room D1 straight 123
//! pays D1 straight 123      audit      sealed D1      ended D1
//! ```

use engine::query::{Query, QueryKind};

use super::{Numbered, Scenario, say};
use crate::bridge;
use crate::games::{self, Named, decimal, money, whole};
use crate::model::{Ask, Bet, Command, Draw, Game, Limit, NO_LIMIT, Parameters, SECOND};
use crate::pair::START;

/// Philippine peso.
pub(super) const PHP: u16 = 608;

impl Scenario {
    pub(super) fn commands(&mut self, words: &[&str]) -> Vec<Command> {
        let mut words = words;
        let mut id = None;
        let mut actor = 1;
        loop {
            match words {
                ["by", principal, rest @ ..] => {
                    actor = whole(principal);
                    words = rest;
                }
                [name, rest @ ..] if name.starts_with('#') => {
                    id = Some(self.id(name));
                    words = rest;
                }
                _ => break,
            }
        }
        let id = id.unwrap_or_else(|| self.unnamed_id());
        let ask = self.ask(words);
        let mut commands = vec![Command { id, actor, ask }];
        if let ["draw", draw, _, rest @ ..] = words
            && rest.contains(&"open")
        {
            commands.push(Command {
                id: self.unnamed_id(),
                actor,
                ask: Ask::OpenDraw { book: whole(&draw[1..]) },
            });
        }
        commands
    }

    fn ask(&mut self, words: &[&str]) -> Ask {
        if let Some(ask) = self.wallet(words).or_else(|| self.agents(words)) {
            return ask;
        }
        match words {
            ["game", name, rest @ ..] => self.game(name, rest),
            ["deposit", account, amount] => {
                Ask::Deposit { account: whole(&account[1..]), amount: money(amount) }
            }
            ["withdraw", account, amount] => {
                Ask::Withdraw { account: whole(&account[1..]), amount: money(amount) }
            }
            ["draw", draw, game, rest @ ..] => self.draw(whole(&draw[1..]), game, rest),
            ["open", draw] => Ask::OpenDraw { book: whole(&draw[1..]) },
            ["suspend", draw] => Ask::Suspend { book: whole(&draw[1..]) },
            ["resume", draw] => Ask::Resume { book: whole(&draw[1..]) },
            ["close", draw] => Ask::CloseDraw { book: whole(&draw[1..]) },
            ["void", draw] => Ask::Void { book: whole(&draw[1..]) },
            ["settle" | "correct", ..] => self.result(words),
            ["block", draw, number] => {
                self.on_number(draw, number, |book, number| Ask::Block { book, number, blocked: true })
            }
            ["unblock", draw, number] => {
                self.on_number(draw, number, |book, number| Ask::Block { book, number, blocked: false })
            }
            ["limit", draw, what, number, value] => self.limit(draw, what, number, value),
            ["bet", account, bets @ ..] => {
                let bets = bets.join(" ");
                let bets = bets.split(',').map(|bet| self.bet(bet)).collect();
                Ask::Place { account: whole(&account[1..]), bets }
            }
            ["cancel", account, name] => {
                let ticket = self.id(name);
                Ask::Cancel { account: whole(&account[1..]), ticket }
            }
            ["annul", account, name] => {
                let ticket = self.id(name);
                Ask::VoidTicket { account: whole(&account[1..]), ticket }
            }
            _ => panic!("no such line: {}", words.join(" ")),
        }
    }

    fn game(&mut self, name: &str, words: &[&str]) -> Ask {
        let (version, words) = version(words);
        let Named { table, plays } = match words {
            [] if name == "3d" => games::published("pcso.3d").expect("a published table"),
            [] => games::published(name).unwrap_or_else(|| panic!("no published table {name}")),
            words => games::parse(words),
        };
        let next = self.games.len() as u64 + 1;
        let number = self.games.get(name).map_or(next, |named| named.number);
        let named = Numbered { number, table: table.clone(), plays };
        // A scenario that defines a version anew, to see it refused, keeps the table that holds.
        self.games
            .entry(if version == 1 { name.to_owned() } else { format!("{name} v{version}") })
            .or_insert(named);
        Ask::DefineGame { game: number, version, table }
    }

    fn draw(&mut self, book: u32, game: &str, words: &[&str]) -> Ask {
        let (version, words) = version(words);
        let name = if version == 1 { game.to_owned() } else { format!("{game} v{version}") };
        let named = self.games.get(&name);
        let group = |play: &str| {
            let named = named?;
            let place = named.plays.iter().position(|name| name == play)?;
            Some(usize::from(named.table.plays[place].group))
        };
        let has_plays = |group: usize| {
            let in_group = |table: &Game| table.plays.iter().any(|play| usize::from(play.group) == group);
            named.is_some_and(|named| in_group(&named.table))
        };
        let mut draw = Draw {
            game: named.map_or(99, |named| named.number),
            version,
            opens_at: 0,
            closes_at: 0,
            settles_at: 0,
            currency: PHP,
            cancellable: true,
            confirmed: false,
            payout_limit: NO_LIMIT,
            draw_stake_limit: NO_LIMIT,
            draw_payout_limit: NO_LIMIT,
            stake_limits: std::array::from_fn(|group| if has_plays(group) { NO_LIMIT } else { 0 }),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut next = || *words.next().expect("a word follows");
            match *word {
                "open" => {}
                "from" => draw.opens_at = START + seconds(next()),
                "until" => draw.closes_at = START + seconds(next()),
                "settles" => draw.settles_at = START + seconds(next()),
                "payout" => draw.payout_limit = money(next()),
                "total" => draw.draw_stake_limit = money(next()),
                "worst" => draw.draw_payout_limit = money(next()),
                "confirmed" => draw.confirmed = true,
                "final" => draw.cancellable = false,
                "currency" => draw.currency = whole(next()),
                "stake" => {}
                stake => {
                    let (play, limit) = stake.split_once('=').expect("a limit is PLAY=M");
                    draw.stake_limits[group(play).unwrap_or(7)] = money(limit);
                }
            }
        }
        if draw.settles_at == 0 {
            draw.settles_at = draw.closes_at;
        }
        self.draws.entry(book).or_insert(name);
        Ask::CreateDraw { book, draw }
    }

    fn limit(&self, draw: &str, what: &str, number: &str, value: &str) -> Ask {
        let limit = match (what, number) {
            ("payout", "*") => Limit::Payout,
            ("total", "*") => Limit::DrawStake,
            ("worst", "*") => Limit::DrawPayout,
            ("payout", number) => Limit::PayoutOn { number: self.number(draw, number) },
            (play, "*") => Limit::Stake { play: self.play_code(draw, play) },
            (play, number) => {
                Limit::StakeOn { play: self.play_code(draw, play), number: self.number(draw, number) }
            }
        };
        Ask::SetLimit { book: whole(&draw[1..]), limit, value: (value != "clear").then(|| money(value)) }
    }

    fn bet(&self, text: &str) -> Bet {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [draw, play, number, stake] = words[..] else {
            panic!("a bet is DRAW PLAY NUMBER STAKE: {text}")
        };
        Bet {
            book: whole(&draw[1..]),
            play: self.play_code(draw, play),
            number: self.number(draw, number),
            stake: money(stake),
        }
    }

    fn on_number(&self, draw: &str, number: &str, ask: impl Fn(u32, u16) -> Ask) -> Ask {
        ask(whole(&draw[1..]), self.number(draw, number))
    }

    fn named(&self, draw: &str) -> Option<&Numbered> {
        self.games.get(self.draws.get(&whole(&draw[1..]))?)
    }

    /// A number's digits in the symbols of the draw's game; in decimal where there is no draw.
    pub(super) fn number(&self, draw: &str, digits: &str) -> u16 {
        let symbols = self.named(draw).map_or(10, |named| named.table.symbols.into());
        games::number(symbols, digits)
    }

    /// A play by its name, or by its code where no play has this name.
    fn play_code(&self, draw: &str, name: &str) -> u8 {
        let place = self.named(draw).and_then(|named| named.plays.iter().position(|play| play == name));
        match (place, name) {
            (Some(place), _) => place as u8 + 1,
            (None, "straight") => 1,
            (None, code) => whole(code),
        }
    }

    /// A read: the engine's answer in words, on which the model agrees.
    pub(super) fn read(&mut self, words: &[&str]) -> String {
        let ticket = if let ["ticket", _, name] = words { self.id(name) } else { 0 };
        let (play, number) = match words {
            ["room" | "pays", draw, play, number] => (self.play_code(draw, play), self.number(draw, number)),
            _ => (0, 0),
        };
        let pair = self.pair();
        let tick = pair.model.tick();
        match words {
            ["balance", account] => {
                let account = whole(&account[1..]);
                let answer = pair.read(&Query::of(QueryKind::Account, account));
                let seen = bridge::account(&answer, tick, account);
                assert_eq!(seen, pair.model.account(account), "engine and model on {words:?}");
                seen.map_or_else(say::reason, |seen| say::money(seen.available))
            }
            ["ticket", account, _] => {
                let account = whole(&account[1..]);
                let answer = pair.read(&Query::ticket(account, ticket));
                let seen = bridge::ticket(&answer, tick, account, ticket);
                assert_eq!(seen, pair.model.ticket(account, ticket), "engine and model on {words:?}");
                seen.map_or_else(say::reason, |seen| say::ticket(&seen))
            }
            ["seen", draw] => {
                let book: u32 = whole(&draw[1..]);
                let answer = pair.read(&Query::of(QueryKind::Draw, book.into()));
                let seen = bridge::draw(&answer, tick);
                assert_eq!(seen, pair.model.draw(book), "engine and model on {words:?}");
                seen.map_or_else(say::reason, |seen| say::draw(&seen))
            }
            ["drawn", draw] => {
                let book: u32 = whole(&draw[1..]);
                let answer = pair.read(&Query::of(QueryKind::Draw, book.into()));
                let seen = bridge::draw(&answer, tick);
                assert_eq!(seen, pair.model.draw(book), "engine and model on {words:?}");
                seen.map_or_else(say::reason, |seen| say::drawn(&seen))
            }
            ["room" | "pays", draw, ..] => {
                let book = whole(&draw[1..]);
                let answer = pair.read(&Query::room(book, play, number));
                let seen = bridge::room(&answer, tick);
                assert_eq!(seen, pair.model.room(book, play, number), "engine and model on {words:?}");
                let pays = words[0] == "pays";
                let say = |seen| if pays { say::pays(&seen) } else { say::room(&seen) };
                seen.map_or_else(say::reason, say)
            }
            ["audit"] => {
                pair.compare_sums();
                say::audit(&pair.model.audit(PHP))
            }
            _ => panic!("no such read: {}", words.join(" ")),
        }
    }
}

fn version<'w, 'a>(words: &'w [&'a str]) -> (u16, &'w [&'a str]) {
    match words {
        [version, rest @ ..] if version.starts_with('v') => (whole(&version[1..]), rest),
        _ => (1, words),
    }
}

pub(super) fn rules(words: &[&str]) -> Parameters {
    let mut rules = Parameters::default();
    for pair in words.chunks(2) {
        let [name, value] = pair[..] else { panic!("a parameter has a value") };
        match name {
            "window" => rules.id_window = seconds(value),
            "ahead" => rules.id_ahead = seconds(value),
            "refused" => rules.refused_ids_max = whole(value),
            "payouts" => rules.payouts_per_tick = whole(value),
            "accounts" => rules.accounts_max = whole(value),
            "tickets" => rules.tickets_max = whole(value),
            "books" => rules.books_max = whole(value),
            "partitions" => rules.partitions = whole(value),
            "holds" => rules.holds_max = whole(value),
            "limited" => rules.limited_accounts_max = whole(value),
            "references" => rules.references_max = whole(value),
            "sealed" => rules.sealed_per_tick = whole(value),
            "tree" => rules.tree_accounts_max = whole(value),
            "sellers" => rules.commission_accounts_max = whole(value),
            "raise" => rules.limit_raise_delay = seconds(value),
            "movements" => rules.movements_max = whole(value),
            "retention" => rules.retention = seconds(value),
            _ => panic!("no such parameter: {name}"),
        }
    }
    rules
}

pub(super) fn seconds(text: &str) -> u64 {
    u64::try_from(signed_seconds(text)).expect("a time from the start on")
}

pub(super) fn signed_seconds(text: &str) -> i128 {
    decimal(text, SECOND.ilog10() as usize)
}
