//! Published figures of PCSO 3D, each row of `vectors/pcso_3d.csv` run through engine and model.
//!
//! A row names its source. Its inputs become a scenario; what it expects is what the scenario has to hear. Rows of
//! rules that the engine does not have are not skipped in silence: they are listed here with the reason, and a row
//! that is neither run nor listed fails the test.

use serde_json::Value;
use tests::model::{Game, digits, highest, is_in_class, orders};
use tests::table::check;

/// Rows that do not apply yet, and why.
const NOT_APPLICABLE: &[(&str, &str)] = &[
    ("LOT0051", "documentary stamp tax is part of the ticket's price; game tables know no tax yet"),
    ("LOT0052", "tax on winnings is withheld at the payout; game tables know no tax yet"),
    ("LOT0054", "tax on winnings is withheld at the payout; game tables know no tax yet"),
];

struct Row {
    id: String,
    rule: String,
    inputs: Value,
    expected: Value,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(include_str!("vectors/pcso_3d.csv").as_bytes());
    let row = |record: csv::StringRecord| {
        let json =
            |column: usize| serde_json::from_str(&record[column]).expect("inputs and outputs are JSON");
        Row { id: record[0].to_owned(), rule: record[2].to_owned(), inputs: json(3), expected: json(4) }
    };
    reader.records().map(|record| row(record.expect("a row of the table"))).collect()
}

impl Row {
    fn text<'a>(&self, of: &'a Value, name: &str) -> &'a str {
        of[name].as_str().unwrap_or_else(|| panic!("{} has {name}", self.id))
    }

    fn input(&self, name: &str) -> &str {
        self.text(&self.inputs, name)
    }
}

#[test]
fn every_row_is_run_or_listed() {
    let mut run = Vec::new();
    let mut left = Vec::new();
    for row in rows() {
        match row.rule.as_str() {
            "straight" | "rambolito6" | "rambolito3" | "straight-top-prize" => prize(&row),
            "per-number-limit" => limit(&row),
            "rambolito-class" => class(&row),
            "cutoff" => cutoff(&row),
            _ => {
                left.push(row.id);
                continue;
            }
        }
        run.push(row.id);
    }
    let listed: Vec<&str> = NOT_APPLICABLE.iter().map(|(id, _)| *id).collect();
    assert_eq!(left, listed, "a row that is not run is listed with its reason");
    assert_eq!(run.len(), 18, "rows run: {run:?}");
}

/// A stake, a drawn number, and what comes back.
fn prize(row: &Row) {
    let (number, drawn) = (row.input("number"), row.input("drawn"));
    let (play, stake, back) = (row.input("bet_type"), row.input("stake"), row.text(&row.expected, "return"));
    check(&format!(
        "game    3d
         account A1
         deposit A1 {stake}
         draw    D1 3d open until 9
         bet     A1 D1 {play} {number} {stake}
         at 9
         settle  D1 {drawn}
         balance A1                                          -> 0.00
         tick
         balance A1                                          -> {back}.00"
    ));
    if let Some(orders_of_rule) = row.rule.strip_prefix("rambolito") {
        let number = number.parse().expect("a number of three digits");
        assert_eq!(orders(&Game::pcso_3d(), number).to_string(), orders_of_rule, "{}", row.id);
    }
}

/// What is staked already, what is asked, and whether it fits. The limits are those of the row's source: P1,000 for
/// a straight number, P1,500 for a class.
fn limit(row: &Row) {
    let play = match row.input("bet_type") {
        "standard" => "straight",
        other => other,
    };
    let (number, already, request) = (row.input("number"), row.input("already"), row.input("request"));
    let accept = row.expected["accept"].as_bool().expect("whether it is accepted");
    let most = if play == "straight" { 1_000 } else { 1_500 };
    let room = most - already.parse::<i64>().expect("a whole stake");
    let after = room - request.parse::<i64>().expect("a whole stake");
    let heard = if accept {
        assert_eq!(row.expected["sold_out_after"], Value::Bool(after == 0), "{}", row.id);
        format!("accepted {}.00 room {after}.00", 10_000 - most + after)
    } else {
        let acceptable = row.expected["max_acceptable"].as_str().unwrap_or("0");
        assert_eq!(row.expected["reason"], if acceptable == "0" { "sold out" } else { "limit exceeded" });
        format!("StakeLimitReached {acceptable}.00")
    };
    check(&format!(
        "game    3d
         account A1
         deposit A1 10000.00
         draw    D1 3d open until 9 stake straight=1000.00 rambolito=1500.00
         bet     A1 D1 {play} {number} {already}.00
         bet     A1 D1 {play} {number} {request}.00          -> {heard}"
    ));
}

/// The numbers of a class: those, and only those, that a rambolito is paid on.
fn class(row: &Row) {
    let number = row.input("number");
    let numbers: Vec<&str> =
        row.expected["numbers"].as_array().expect("numbers").iter().filter_map(Value::as_str).collect();
    let game = Game::pcso_3d();
    let mut rooms = String::new();
    let mut class = Vec::new();
    for drawn in 0..=highest(&game) {
        let named: String = digits(&game, drawn).iter().map(|digit| char::from(b'0' + digit)).collect();
        let pays = if numbers.contains(&named.as_str()) { "1500.00" } else { "0.00" };
        rooms += &format!("room D1 straight {named} -> wide taken 0.00 pays {pays}\n");
        if is_in_class(&game, drawn, number.parse().expect("a number of three digits")) {
            class.push(named);
        }
    }
    assert_eq!(class, numbers, "{}", row.id);
    assert_eq!(row.expected["ways"], numbers.len(), "{}", row.id);
    check(&format!(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         bet     A1 D1 rambolito {number} 10.00
         {rooms}"
    ));
}

/// A draw's time of day, and when it takes its last bet.
fn cutoff(row: &Row) {
    let (draw, cutoff) = (row.input("draw_time"), row.text(&row.expected, "cutoff"));
    let seconds = |time: &str| {
        let (hour, minute) = time.split_once(':').expect("HH:MM");
        hour.parse::<u32>().expect("an hour") * 3_600 + minute.parse::<u32>().expect("a minute") * 60
    };
    let (draw, cutoff) = (seconds(draw), seconds(cutoff));
    let last = cutoff - 1;
    check(&format!(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until {cutoff} settles {draw}
         at {last}.999999999
         bet     A1 D1 straight 123 1.00                     -> accepted 9.00 room wide
         at {cutoff}
         bet     A1 D1 straight 123 1.00                     -> DrawClosed {cutoff}
         at {draw}
         settle  D1 123                                      -> done"
    ));
}
