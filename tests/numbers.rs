//! Published figures of numbers games, each row of `vectors/numbers.csv` run through engine and model.
//!
//! A row names its source. Its inputs become a scenario: a draw of the row's game from [`tests::games`], a ticket, a
//! result, and what the account has then is what the row expects. Rows of rules that the engine does not have are not
//! skipped in silence: they are listed here with the reason, and a row that is neither run nor listed fails the test.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use tests::games::{self, Named};
use tests::model::{digits, highest, is_in_class, orders};
use tests::table::check;

/// Rows that do not apply, and why.
const NOT_APPLICABLE: &[(&str, &[&str])] = &[
    ("a jackpot is shared by its winners, it is no multiple of a stake", &["LOT0046", "LOT0047"]),
    ("documentary stamp tax is part of a ticket's price, which is the seller's affair", &["LOT0051"]),
    ("nothing accrues to those who sell", &["LOT0055", "LOT0057", "LOT0058", "LOT0059", "LOT0060"]),
    ("prizes shared out of a pool are no multiples of a stake", &["LOT0176"]),
    (
        "a Fireball replaces a digit of the number drawn, which no matching does",
        &[
            "LOT0178", "LOT0179", "LOT0180", "LOT0181", "LOT0182", "LOT0183", "LOT0185", "LOT0186",
            "LOT0187", "LOT0189", "LOT0191",
        ],
    ),
    ("what was paid of what was sold is a report's figure", &["LOT0197"]),
];

/// A winning number that nobody bet on.
const BLANK: &str = "0000";

struct Row {
    id: String,
    product: String,
    rule: String,
    inputs: Value,
    expected: Value,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(include_str!("vectors/numbers.csv").as_bytes());
    let row = |record: csv::StringRecord| {
        let json =
            |column: usize| serde_json::from_str(&record[column]).expect("inputs and outputs are JSON");
        Row {
            id: record[0].to_owned(),
            product: record[1].to_owned(),
            rule: record[2].to_owned(),
            inputs: json(3),
            expected: json(4),
        }
    };
    reader.records().map(|record| row(record.expect("a row of the table"))).collect()
}

#[test]
fn every_row_is_run_or_listed() {
    let listed: Vec<&str> = NOT_APPLICABLE.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let rows = rows();
    let known = |id: &&str| rows.iter().any(|row| row.id == **id);
    assert!(listed.iter().all(known), "a row that is listed is in the table: {listed:?}");
    let mut run = 0;
    let mut failed = Vec::new();
    for row in rows.iter().filter(|row| !listed.contains(&row.id.as_str())) {
        // All rows are run before the test fails, each failure under the row's name.
        let done = catch_unwind(AssertUnwindSafe(|| row.run()));
        if done.is_err() {
            println!("that was {}: {} {}", row.id, row.product, row.rule);
            failed.push(&row.id);
        }
        run += 1;
    }
    assert_eq!(failed, [""; 0], "rows that do not hold, or that are neither run nor listed");
    assert_eq!((run, listed.len()), (rows.len() - listed.len(), 21), "rows run and rows listed");
}

impl Row {
    fn run(&self) {
        match self.rule.as_str() {
            "per-number-limit" => self.number_limit(),
            "rambolito-class" | "roll" => self.numbers_paid(),
            "cutoff" => self.cutoff(),
            "stake-range" => self.stake_range(),
            "combinations" => self.combinations(),
            "perm-expansion" => self.perm_expansion(),
            "winnings-tax-20pct-over-10000" => self.winnings_tax(),
            "combo-cost" => self.line_cost("combo"),
            "system-entry-cost" => self.line_cost("system-big"),
            "ibet-cost" => self.line_cost("ibet-big"),
            "liability" => self.liability(),
            "liability-limit" => self.liability_limit(),
            "box-expansion" => self.box_expansion(),
            "position-digit" => self.position_digit(),
            "expansion" => self.expansion(),
            _ if self.expected["return"].is_string() || self.expected["win"].is_boolean() => self.prize(),
            rule => panic!("{rule} is neither run nor listed"),
        }
    }

    fn text<'a>(&self, of: &'a Value, name: &str) -> &'a str {
        of[name].as_str().unwrap_or_else(|| panic!("{} has {name}", self.id))
    }

    fn input(&self, name: &str) -> &str {
        self.text(&self.inputs, name)
    }

    /// The row's game.
    fn game(&self) -> Named {
        games::published(&self.product).unwrap_or_else(|| panic!("{} has no table", self.product))
    }

    /// What the table calls the play of this row.
    fn play(&self) -> &str {
        let said = self.inputs["play"].as_str().or(self.inputs["bet_type"].as_str()).unwrap_or(&self.rule);
        match said {
            "standard" => "straight",
            "number-parlay" => "number",
            "mbox-match" => "iperm-big",
            play => play,
        }
    }

    /// A number as scenarios write it: where symbols are written apart, a source's begin at 1.
    fn number(&self, text: &str) -> String {
        if !text.contains('-') {
            return text.to_owned();
        }
        let symbols = text.split('-').map(|symbol| symbol.parse::<u16>().expect("a symbol") - 1);
        symbols.map(|symbol| symbol.to_string()).collect::<Vec<_>>().join("-")
    }

    /// The winning numbers of a draw in which `number` has the row's prize category, or is the only one.
    fn result(&self, number: &str) -> String {
        let place = match self.inputs["category"].as_str() {
            None | Some("first") => 0,
            Some("second") => 1,
            Some("third") => 2,
            Some("starter" | "special") => 3,
            Some("consolation") => 13,
            Some(category) => panic!("{}: no such category: {category}", self.id),
        };
        let mut numbers = vec![BLANK; self.game().table.results.into()];
        numbers[place] = number;
        numbers.join(" ")
    }

    /// A stake, the numbers drawn, and what comes back.
    fn prize(&self) {
        let number = self.number(self.input("number"));
        let drawn = self.number(self.inputs["drawn"].as_str().unwrap_or(self.input("number")));
        // The stake of a row with several lines is that of one.
        let stake = self.inputs["cost"].as_str().or(self.inputs["stake"].as_str()).unwrap_or("1");
        let (product, play, result) = (&self.product, self.play(), self.result(&drawn));
        let (back, state) = match self.expected["return"].as_str() {
            Some("0") => ("-> 0.00".to_owned(), "-> lost".to_owned()),
            Some(back) => (format!("-> {}", cents(back)), format!("-> paid {}", cents(back))),
            // Some sources tell who wins, and not what.
            None if self.expected["win"] == true => (String::new(), "-> paid *".to_owned()),
            None => ("-> 0.00".to_owned(), "-> lost".to_owned()),
        };
        check(&format!(
            "game    {product}
             account A1
             deposit A1 {stake}
             draw    D1 {product} open until 9
             #t bet  A1 D1 {play} {number} {stake}
             at 9
             settle  D1 {result}
             balance A1                                      -> 0.00
             tick
             balance A1                                      {back}
             ticket  A1 #t                                   {state}"
        ));
        if let Some(orders_of_rule) = self.rule.strip_prefix("rambolito").filter(|rule| !rule.is_empty()) {
            let number = number.parse().expect("a number of three digits");
            assert_eq!(orders(&self.game().table, number).to_string(), orders_of_rule, "{}", self.id);
        }
        if let Some(lines) = self.inputs["lines"].as_i64() {
            let (unit, cost) = (amount(self.input("stake")), amount(self.input("cost")));
            assert_eq!(cost, unit * lines, "{}", self.id);
        }
    }

    /// What is staked already, what is asked, and whether it fits. The limits are those of the row's source: P1,000
    /// for a straight number, P1,500 for a class.
    fn number_limit(&self) {
        let (play, number) = (self.play(), self.input("number"));
        let (already, request) = (self.input("already"), self.input("request"));
        let accept = self.expected["accept"].as_bool().expect("whether it is accepted");
        let most = if play == "straight" { 1_000 } else { 1_500 };
        let room = most - already.parse::<i64>().expect("a whole stake");
        let after = room - request.parse::<i64>().expect("a whole stake");
        let heard = if accept {
            assert_eq!(self.expected["sold_out_after"], Value::Bool(after == 0), "{}", self.id);
            format!("accepted {}.00 room {after}.00", 10_000 - most + after)
        } else {
            let acceptable = self.expected["max_acceptable"].as_str().unwrap_or("0");
            assert_eq!(
                self.expected["reason"],
                if acceptable == "0" { "sold out" } else { "limit exceeded" }
            );
            format!("StakeLimitReached {acceptable}.00")
        };
        check(&format!(
            "game    pcso.3d
             account A1
             deposit A1 10000.00
             draw    D1 pcso.3d open until 9 stake straight=1000.00 rambolito=1500.00
             bet     A1 D1 {play} {number} {already}.00
             bet     A1 D1 {play} {number} {request}.00      -> {heard}"
        ));
    }

    /// The numbers that a bet is paid on: those, and only those.
    fn numbers_paid(&self) {
        let written = self.input("number");
        let numbers: Vec<&str> =
            self.expected["numbers"].as_array().expect("numbers").iter().filter_map(Value::as_str).collect();
        let game = self.game().table;
        // A roll leaves a digit open, and buys a line for each.
        let (play, other, stake, pays) = match self.rule.as_str() {
            "roll" => ("roll-big", "ordinary-big", self.text(&self.expected, "value"), "2000.00"),
            _ => ("rambolito", "straight", "10", "1500.00"),
        };
        let number = written.replace('R', "x");
        let mut rooms = String::new();
        for drawn in 0..=highest(&game) {
            let named: String = digits(&game, drawn).iter().map(|digit| char::from(b'0' + digit)).collect();
            let is_paid = numbers.contains(&named.as_str());
            let pays = if is_paid { pays } else { "0.00" };
            writeln!(rooms, "pays D1 {other} {named} -> {pays}").expect("a string grows");
            if self.rule == "rambolito-class" {
                let bet = number.parse().expect("a number of three digits");
                assert_eq!(is_in_class(&game, drawn, bet), is_paid, "{}: {named}", self.id);
            }
        }
        assert!(self.expected["ways"].is_null() || self.expected["ways"] == numbers.len(), "{}", self.id);
        let product = &self.product;
        check(&format!(
            "game    {product}
             account A1
             deposit A1 {stake}
             draw    D1 {product} open until 9
             bet     A1 D1 {play} {number} {stake}
             {rooms}
             balance A1                                      -> 0.00"
        ));
    }

    /// A draw's time of day, and when it takes its last bet.
    fn cutoff(&self) {
        let (draw, cutoff) = (self.input("draw_time"), self.text(&self.expected, "cutoff"));
        let seconds = |time: &str| {
            let (hour, minute) = time.split_once(':').expect("HH:MM");
            hour.parse::<u32>().expect("an hour") * 3_600 + minute.parse::<u32>().expect("a minute") * 60
        };
        let (draw, cutoff) = (seconds(draw), seconds(cutoff));
        let last = cutoff - 1;
        check(&format!(
            "game    pcso.3d
             account A1
             deposit A1 10.00
             draw    D1 pcso.3d open until {cutoff} settles {draw}
             at {last}.999999999
             bet     A1 D1 straight 123 1.00                 -> accepted 9.00 room wide
             at {cutoff}
             bet     A1 D1 straight 123 1.00                 -> DrawClosed {cutoff}
             at {draw}
             settle  D1 123                                  -> done"
        ));
    }

    /// A stake at the end of its range, and one past it.
    fn stake_range(&self) {
        assert_eq!(self.expected["accept"], Value::Bool(true), "{}", self.id);
        let stake = self.input("stake");
        check(&format!(
            "game    pcso.2d
             account A1
             deposit A1 {stake}
             draw    D1 pcso.2d open until 9
             bet     A1 D1 straight 11-24 {stake}.01         -> StakeAboveMaximum {stake}.00
             bet     A1 D1 straight 11-24 {stake}            -> accepted 0.00 room wide"
        ));
    }

    /// How many numbers there are: the last one is taken, the one behind it is not.
    fn combinations(&self) {
        let count: u16 = self.text(&self.expected, "value").parse().expect("a count");
        let table = self.game().table;
        let symbols = u16::from(table.symbols);
        let last = |number: u16| format!("{}-{}", number / symbols, number % symbols);
        check(&format!(
            "game    pcso.2d
             account A1
             deposit A1 10.00
             draw    D1 pcso.2d open until 9
             bet     A1 D1 straight {} 10.00                 -> NumberOutside {}
             bet     A1 D1 straight {} 10.00                 -> accepted 0.00 room wide",
            last(count),
            count - 1,
            last(count - 1),
        ));
    }

    /// A ticket of every order of a number, for lines that also win on their last figures.
    fn perm_expansion(&self) {
        let (number, unit) = (self.input("number"), self.input("unit"));
        let table = self.game().table;
        let of_class = |other: &u16| is_in_class(&table, *other, number.parse().expect("four digits"));
        let class: Vec<u16> = (0..=highest(&table)).filter(of_class).collect();
        let bets: Vec<String> = class.iter().map(|number| format!("D1 match {number:04} {unit}")).collect();
        let cost = self.text(&self.expected, "cost");
        assert_eq!(self.expected["combinations"], class.len(), "{}", self.id);
        check(&format!(
            "game    pcso.4d
             account A1
             deposit A1 {cost}
             draw    D1 pcso.4d open until 9
             bet     A1 {}
             balance A1                                      -> 0.00
             seen    D1                                      -> open bets {} stake {cost}.00 escrow {cost}.00",
            bets.join(", "),
            class.len(),
        ));
    }

    /// A prize, and what is withheld of it.
    fn winnings_tax(&self) {
        let (prize, tax) = (amount(self.input("prize")), amount(self.text(&self.expected, "value")));
        let stake = prize / 1_000;
        let [stake, net, house] = [stake, prize - tax, stake - prize]
            .map(|minor| format!("{}.{:02}", minor / 100, (minor % 100).abs()));
        let kept = if tax == 0 { String::new() } else { format!(" tax {}.{:02}", tax / 100, tax % 100) };
        check(&format!(
            "game    pcso
             account A1
             deposit A1 {stake}
             draw    D1 pcso open until 9
             bet     A1 D1 match 1234 {stake}
             at 9
             settle  D1 1234
             tick
             balance A1                                      -> {net}
             audit                                           -> in {stake} out 0.00 accounts {net} escrow 0.00 house {house}{kept}"
        ));
    }

    /// What a play of several lines costs at least: a stake on each of its lines.
    fn line_cost(&self, play: &str) {
        let (product, number) = (&self.product, self.input("number"));
        let (unit, cost) = (amount(self.input("stake")), amount(self.text(&self.expected, "value")));
        let lines = cost / unit;
        let least = self.game().table.stake_min * lines;
        let [cost, least, below] =
            [cost, least, least - lines].map(|minor| format!("{}.{:02}", minor / 100, minor % 100));
        check(&format!(
            "game    {product}
             account A1
             deposit A1 {cost}
             draw    D1 {product} open until 9
             bet     A1 D1 {play} {number} {below}           -> StakeBelowMinimum {least}
             bet     A1 D1 {play} {number} {cost}
             balance A1                                      -> 0.00"
        ));
    }

    /// What a draw owes on a number on which so much was staked.
    fn liability(&self) {
        let (number, wagered) = (self.input("number"), self.input("wagered"));
        let value = self.text(&self.expected, "value");
        check(&format!(
            "game    va.pick3
             account A1
             deposit A1 {wagered}
             draw    D1 va.pick3 open until 9
             bet     A1 D1 straight {number} {wagered}
             room    D1 straight {number}                    -> wide taken {wagered}.00 pays {value}.00"
        ));
    }

    /// Sales of a number stop at a liability; another is closed by hand.
    fn liability_limit(&self) {
        let (number, limit) = (self.input("number"), self.input("limit"));
        let value = self.text(&self.expected, "value");
        let stake = amount(limit) / 500 / 100;
        check(&format!(
            "game    nc.pick3
             account A1
             deposit A1 10000
             draw    D1 nc.pick3 open until 9 worst {limit}
             bet     A1 D1 straight {number} {stake}
             room    D1 straight {number}                    -> 0.00 taken {stake}.00 pays {value}.00
             bet     A1 D1 straight {number} 0.50            -> DrawPayoutLimitReached 0.00
             block   D1 119
             bet     A1 D1 straight 119 0.50                 -> NumberBlocked
             bet     A1 D1 straight 191 0.50"
        ));
    }

    /// How many numbers a box is.
    fn box_expansion(&self) {
        let number = self.input("number");
        let ways = self.text(&self.expected, "value");
        let table = self.game().table;
        assert_eq!(orders(&table, number.parse().expect("four digits")).to_string(), ways, "{}", self.id);
        // A system entry buys a line for each: as many as the least stake of it.
        check(&format!(
            "game    sg.4d
             account A1
             deposit A1 {ways}
             draw    D1 sg.4d open until 9
             bet     A1 D1 system-big {number} {ways}
             balance A1                                      -> 0.00"
        ));
    }

    /// A digit at its place.
    fn position_digit(&self) {
        let place = self.inputs["position"].as_u64().expect("a place") as usize;
        let mut number = ["x"; 3];
        number[place - 1] = self.input("digit");
        let (number, stake, drawn) = (number.concat(), self.input("stake"), self.input("drawn"));
        let back = cents(self.text(&self.expected, "return"));
        check(&format!(
            "game    digit
             account A1
             deposit A1 {stake}
             draw    D1 digit open until 9
             bet     A1 D1 place-{place} {number} {stake}
             at 9
             settle  D1 {drawn}
             tick
             balance A1                                      -> {back}"
        ));
    }

    /// One line for each choice of digits.
    fn expansion(&self) {
        let choices = |name: &str| {
            let digits = self.inputs[name].as_array().expect("digits").clone();
            digits.into_iter().map(|digit| digit.as_str().expect("a digit").to_owned()).collect::<Vec<_>>()
        };
        let mut bets = Vec::new();
        for first in choices("first") {
            for second in choices("second") {
                for third in choices("third") {
                    bets.push(format!("D1 number {first}{second}{third} 1.00"));
                }
            }
        }
        let count = self.text(&self.expected, "value");
        check(&format!(
            "game    digit
             account A1
             deposit A1 {count}
             draw    D1 digit open until 9
             bet     A1 {}
             balance A1                                      -> 0.00
             seen    D1                                      -> open bets {count} stake {count}.00 escrow {count}.00",
            bets.join(", "),
        ));
    }
}

/// An amount with its two decimals.
fn cents(text: &str) -> String {
    let minor = amount(text);
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// Minor units.
fn amount(text: &str) -> i64 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{rest:0<2}").parse().unwrap_or_else(|_| panic!("an amount: {text}"))
}
