//! Scenarios as text: a line is a command or a read, `->` and what it hears.
//!
//! ```text
//! game     3d
//! account  A1
//! deposit  A1 100.00                     -> done 100.00
//! draw     D1 3d open until 9 stake straight=50.00
//! at 5
//! #t bet   A1 D1 straight 123 10.00      -> accepted 90.00 room 40.00
//! + bet    A1 D1 straight 123 40.01      -> StakeLimitReached 40.00
//! #t bet   A1 D1 straight 123 10.00      -> again accepted 90.00 room 40.00
//! at 9
//! tick
//! settle   D1 123
//! tick
//! ticket   A1 #t                         -> paid 4500.00
//! ```
//!
//! A line without `->` has to succeed; what ends in `*` tells only how the answer begins. Each line is a tick of its own, unless it begins with `+`: then it stands in
//! the tick of the line above. `at` moves the clock to a second of the scenario; between, a tick passes a
//! nanosecond. `#name` names an id, `#name@3` one whose time is second 3. `by 7` says which principal asks.
//! The words of each command are in [`words`], [`seals`], [`wallet`] and [`agents`], those of the answers in [`say`] and
//! [`told`].
//!
//! Every line runs through the engine and the model, which have to agree on all of it before its text is looked at;
//! at the end every balance, ticket, draw and sum is compared, too.

use std::collections::BTreeMap;

use crate::bridge;
use crate::model::{Command, Game, MS, Parameters, Reply, SECOND};
use crate::pair::{Pair, START};

mod agents;
mod say;
mod seals;
mod told;
mod wallet;
mod words;

/// Plays a scenario.
///
/// # Panics
/// If a line hears something else than it says; the message shows the whole table as it was heard.
#[track_caller]
pub fn check(text: &str) {
    if let Err(heard) = Scenario::play(text) {
        panic!("{heard}");
    }
}

/// A scenario under way.
struct Scenario {
    rules: Parameters,
    pair: Option<Pair>,
    /// Nanoseconds since the start.
    clock: u64,
    ids: BTreeMap<String, u128>,
    ids_given: u64,
    games: BTreeMap<String, Numbered>,
    draws: BTreeMap<u32, String>,
    /// Commands of the tick that is not yet cut, with their lines.
    waiting: Vec<(usize, Command)>,
    heard: BTreeMap<usize, String>,
}

/// A game by the name that a scenario gave it, or that of its published table.
struct Numbered {
    number: u64,
    table: Game,
    plays: Vec<String>,
}

impl Scenario {
    fn play(text: &str) -> Result<(), String> {
        let mut scenario = Scenario {
            rules: Parameters::default(),
            pair: None,
            clock: 0,
            ids: BTreeMap::new(),
            ids_given: 0,
            games: BTreeMap::new(),
            draws: BTreeMap::new(),
            waiting: Vec::new(),
            heard: BTreeMap::new(),
        };
        let lines: Vec<(&str, Option<&str>)> = text
            .lines()
            .map(|line| match line.split_once("->") {
                Some((asked, expected)) => (asked.trim(), Some(expected.trim())),
                None => (line.trim(), None),
            })
            .collect();
        for (at, (asked, _)) in lines.iter().enumerate() {
            scenario.line(at, asked);
        }
        scenario.cut();
        scenario.pair().compare_all();
        let heard = |at: usize| scenario.heard.get(&at).map_or("", String::as_str);
        let is_right = |at: usize, expected: Option<&str>| match expected {
            Some(expected) => match single_spaced(expected).strip_suffix('*') {
                Some(beginning) => heard(at).starts_with(beginning),
                None => single_spaced(expected) == heard(at),
            },
            None => !say::is_refusal(heard(at)),
        };
        if lines.iter().enumerate().all(|(at, (_, expected))| is_right(at, *expected)) {
            return Ok(());
        }
        let mut table = String::from("the scenario, as it was heard (differing lines marked):\n");
        for (at, (asked, expected)) in lines.iter().enumerate() {
            let mark = if is_right(at, *expected) { ' ' } else { '!' };
            table += &format!("{mark} {asked:<50} -> {}\n", heard(at));
        }
        Err(table)
    }

    fn pair(&mut self) -> &mut Pair {
        let rules = self.rules;
        self.pair.get_or_insert_with(|| Pair::new(rules))
    }

    fn line(&mut self, at: usize, asked: &str) {
        let mut words: Vec<&str> = asked.split_whitespace().collect();
        if words.is_empty() || words[0].starts_with("//") {
            return;
        }
        if words[0] == "+" {
            words.remove(0);
        } else {
            self.cut();
        }
        match words[0] {
            "ledger" => self.rules = words::rules(&words[1..]),
            "at" => self.clock = words::seconds(words[1]),
            "tick" => {
                self.apply(Vec::new());
            }
            "balance" | "ticket" | "seen" | "drawn" | "room" | "pays" | "audit" => {
                let heard = self.read(&words);
                self.heard.insert(at, heard);
            }
            "statement" => {
                let heard = self.read_statement(words[1]);
                self.heard.insert(at, heard);
            }
            "told" => {
                let heard = self.told();
                self.heard.insert(at, heard);
            }
            "wallet" | "held" => {
                let heard = self.read_wallet(&words);
                self.heard.insert(at, heard);
            }
            "posted" | "shares" | "sealed" | "ended" => {
                let heard = self.read_agents(&words);
                self.heard.insert(at, heard);
            }
            _ => {
                let commands = self.commands(&words);
                self.waiting.extend(commands.into_iter().map(|command| (at, command)));
            }
        }
    }

    /// Cuts the tick of the commands that wait.
    fn cut(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return;
        }
        let commands: Vec<Command> = waiting.iter().map(|(_, command)| command.clone()).collect();
        let (commands, replies) = self.apply(commands);
        for (((at, _), command), reply) in waiting.iter().zip(&commands).zip(&replies) {
            // A line of two commands (a draw that opens at once) tells of the first refusal.
            let heard = say::reply(command, reply);
            let entry = self.heard.entry(*at).or_default();
            if !say::is_refusal(entry) {
                *entry = heard;
            }
        }
    }

    fn apply(&mut self, mut commands: Vec<Command>) -> (Vec<Command>, Vec<Reply>) {
        let clock = self.clock;
        let time = (START + clock).max(self.pair().model.time() + 1);
        self.quote(time, &mut commands);
        let replies = self.pair().tick(time, &commands);
        (commands, replies)
    }

    /// The id of this name; a new one is given the clock's time, or the one after `@`.
    fn id(&mut self, name: &str) -> u128 {
        let (name, time) = match name.split_once('@') {
            Some((name, second)) => (name, START as i128 + words::signed_seconds(second)),
            None => (name, i128::from(START + self.clock)),
        };
        let unique = self.ids_given;
        self.ids_given += 1;
        let time = (time / i128::from(MS)) as u64;
        *self.ids.entry(name.to_owned()).or_insert_with(|| bridge::id(time, unique))
    }

    fn unnamed_id(&mut self) -> u128 {
        let name = format!("unnamed {}", self.ids_given);
        self.id(&name)
    }
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A time of the engine as seconds of the scenario.
fn second(ms: i64) -> String {
    let ns = i128::from(ms) * i128::from(MS) - i128::from(START);
    let (whole, rest) = (ns / i128::from(SECOND), (ns % i128::from(SECOND)).unsigned_abs() / u128::from(MS));
    let sign = if ns < 0 && whole == 0 { "-" } else { "" };
    if rest == 0 { format!("{whole}") } else { format!("{sign}{whole}.{rest:03}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_not_what_is_heard_fails_and_shows_it() {
        let heard = Scenario::play("account A1\ndeposit A1 5.00 -> done 6.00").expect_err("it is 5.00");
        assert!(heard.contains("! deposit A1 5.00") && heard.contains("-> done 5.00"), "{heard}");
        let heard = Scenario::play("deposit A1 5.00").expect_err("a line without an answer has to succeed");
        assert!(heard.contains("-> AccountUnknown"), "{heard}");
    }
}
