//! Published cases of wallets and holds, each row of `vectors/wallet.csv` run through engine and model.
//!
//! A row names its source. Its steps become a scenario; what it expects is what the scenario has to hear. A failing
//! table begins with the row's id. A row that is neither run nor listed with a reason fails the test.

use serde_json::Value;
use tests::table::check;

/// Rows that do not apply, and why.
const NOT_APPLICABLE: &[(&str, &str)] = &[];

struct Row {
    id: String,
    rule: String,
    inputs: Value,
    expected: Value,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(include_str!("vectors/wallet.csv").as_bytes());
    let row = |record: csv::StringRecord| {
        let json =
            |column: usize| serde_json::from_str(&record[column]).expect("inputs and outputs are JSON");
        Row { id: record[0].to_owned(), rule: record[2].to_owned(), inputs: json(3), expected: json(4) }
    };
    reader.records().map(|record| row(record.expect("a row of the table"))).collect()
}

#[test]
fn every_row_is_run_or_listed() {
    let mut run = Vec::new();
    let mut left = Vec::new();
    for row in rows() {
        let lines = match row.rule.as_str() {
            "holds-count-against-available" => holds_against_available(&row),
            "negative-case" => negative_case(&row),
            "same-request-uuid" => same_request(&row),
            _ if row.inputs["steps"].is_array() => steps(&row),
            _ => {
                left.push(row.id);
                continue;
            }
        };
        check(&format!("// {} {}\n{lines}", row.id, row.rule));
        run.push(row.id);
    }
    let listed: Vec<&str> = NOT_APPLICABLE.iter().map(|(id, _)| *id).collect();
    assert_eq!(left, listed, "a row that is not run is listed with its reason");
    assert_eq!(run.len(), 12, "rows run: {run:?}");
}

fn money(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// A hold and what is done with it, step by step; the last step hears what the row expects, the others succeed.
fn steps(row: &Row) -> String {
    const BALANCE: i64 = 10_00;
    let mut lines = format!("account A1\ndeposit A1 {}\n", money(BALANCE));
    let steps = row.inputs["steps"].as_array().expect("steps");
    let held = steps[0][1].as_i64().expect("the first step holds an amount");
    let heard = |posted: i64| match row.expected["error"].as_str() {
        None => format!("done {}", money(BALANCE - posted)),
        Some("exceeds_pending_transfer_amount") => format!("HoldExceeded {}", money(held)),
        Some("pending_transfer_already_posted") => "HoldFinished".to_owned(),
        Some("pending_transfer_expired") => "HoldExpired 6".to_owned(),
        Some(other) => panic!("{}: no refusal stands for {other}", row.id),
    };
    for (place, step) in steps.iter().enumerate() {
        let what = step[0].as_str().expect("a step has a name");
        let line = match what {
            "pending" => {
                let timeout = step[2].as_str().map(|text| {
                    text.trim_start_matches("timeout=").trim_end_matches('s').parse().expect("seconds")
                });
                format!("#h hold A1 {} until {}", money(held), timeout.unwrap_or(3_600))
            }
            "wait" => format!("at {}", step[1]),
            // More than any amount is the source's way to ask for all of it; here that is a word.
            "post" => format!("post A1 #h {}", step[1].as_i64().map_or("all".to_owned(), money)),
            "void" => "void A1 #h".to_owned(),
            other => panic!("{}: no such step: {other}", row.id),
        };
        lines += &line;
        if place + 1 == steps.len() {
            lines += &format!(" -> {}", heard(row.expected["posted"].as_i64().unwrap_or(0)));
        }
        lines += "\n";
    }
    let Some(posted) = row.expected["posted"].as_i64() else { return lines };
    assert_eq!(row.expected["pending"], 0, "{}: nothing stays held", row.id);
    if let Some(released) = row.expected["released"].as_i64() {
        assert_eq!(released, held - posted, "{}: what is not posted is released", row.id);
    }
    let (there, out) = (money(BALANCE - posted), money(posted));
    lines += &format!("wallet A1 -> {there}\n");
    lines + &format!("audit -> in 10.00 out {out} accounts {there} escrow 0.00 house 0.00\n")
}

fn holds_against_available(row: &Row) -> String {
    let amount = |value: &Value| money(value.as_i64().expect("an amount"));
    let mut lines = format!("account A1\ndeposit A1 {}\n", amount(&row.inputs["balance"]));
    for hold in row.inputs["holds"].as_array().expect("holds") {
        lines += &format!("hold A1 {} until 60\n", amount(hold));
    }
    assert_eq!(row.expected["accept"], false, "{}", row.id);
    lines + &format!("hold A1 {} until 60 -> FundsShort 0.00\n", amount(&row.inputs["request"]))
}

/// Bugs that other ledgers had; the row says what must be instead.
fn negative_case(row: &Row) -> String {
    let lines = match row.expected["must"].as_str().expect("what must be") {
        "commit of a rejected hold must fail" => {
            "account A1
             deposit A1 1.00
             #h hold A1 1.01 until 60                        -> FundsShort 1.00
             post    A1 #h 1.00                              -> HoldUnknown
             post    A1 #h all                               -> HoldUnknown
             balance A1                                      -> 1.00"
        }
        "second void must fail / be idempotent" => {
            "account A1
             deposit A1 1.00
             #h hold A1 1.00 until 60
             #v void A1 #h                                   -> done 1.00
             #v void A1 #h                                   -> again done 1.00
             void    A1 #h                                   -> HoldFinished
             balance A1                                      -> 1.00"
        }
        "second refund must fail" => {
            "game    3d
             account A1
             deposit A1 1.00
             draw    D1 3d open until 60
             #t bet  A1 D1 straight 123 1.00
             cancel  A1 #t                                   -> done 1.00
             cancel  A1 #t                                   -> TicketCancelled
             balance A1                                      -> 1.00"
        }
        other => panic!("{}: no scenario for {other:?}", row.id),
    };
    lines.to_owned()
}

/// One request sent twice is processed once and answered the same; the balance in the answer is today's, as that of
/// the source's balance endpoint is.
fn same_request(row: &Row) -> String {
    assert_eq!((&row.inputs["times"], &row.expected["processed"]), (&2.into(), &1.into()), "{}", row.id);
    "account A1
     #u deposit  A1 5.00                                     -> done 5.00
     #u deposit  A1 5.00                                     -> again done 5.00
     #v withdraw A1 2.00                                     -> done 3.00
     #v withdraw A1 2.00                                     -> again done 3.00
     #w withdraw A1 3.01                                     -> FundsShort 3.00
     #w withdraw A1 3.01                                     -> again FundsShort 3.00
     // By the reference of the outside, too, whatever the id.
     withdraw    A1 1.00 ref 7                               -> done 2.00
     withdraw    A1 1.00 ref 7                               -> done 2.00"
        .to_owned()
}
