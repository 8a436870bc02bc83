//! Pages at their edges: one that is just full, one row more, and where a page may go on. What they show is compared
//! with the model, page by page, at the end of every scenario.

use std::fmt::Write;

use engine::query::{AnswerHeader, Query};
use engine::refusal::{Malformed, Refusal};
use tests::bridge;
use tests::model::{Ask, Command, MS, Parameters};
use tests::pair::{Pair, START};
use tests::table::check;
use zerocopy::FromBytes;

#[test]
fn a_page_that_is_just_full_is_the_last_and_one_row_more_makes_another() {
    for rows in [99, 100, 101, 201] {
        let mut text = String::from("game 3d\naccount A1\ndeposit A1 900.00\ndraw D1 3d open until 9\n");
        for row in 0..rows {
            writeln!(text, "#t{row} bet A1 D1 straight 123 1.00").expect("text");
            writeln!(text, "block D1 {:03}", row + 200).expect("text");
            writeln!(text, "draw D{} 3d open until 9", row + 2).expect("text");
        }
        // The last row of the first page is a cancelled ticket, from which the second goes on.
        writeln!(text, "cancel A1 #t{}", rows - 99).expect("text");
        writeln!(text, "at 9\nsettle D1 123\ntick").expect("text");
        check(&text);
    }
}

#[test]
fn pages_of_tickets_go_on_through_draws_of_several_days() {
    let mut text = String::from(
        "game 3d\naccount A1\ndeposit A1 900.00\ndraw D1 3d open until 9\n\
         draw D2 3d open until 9 settles 100000\ndraw D3 3d open until 9 settles 200000\n",
    );
    for row in 0..330 {
        // Runs of one day, and days in turns.
        let draw = if row < 120 { row / 40 } else { row % 3 };
        writeln!(text, "bet A1 D{} straight 123 1.00", draw + 1).expect("text");
    }
    writeln!(text, "at 9\nsettle D1 123\ntick").expect("text");
    check(&text);
}

#[test]
fn a_page_goes_on_only_from_what_is_there() {
    let mut pair = Pair::new(Parameters::default());
    let ask = Ask::OpenAccount { account: 1, currency: 608, parent: 0 };
    pair.tick(START + MS, &[Command { id: bridge::id(START / MS, 1), actor: 1, ask }]);
    let code = |query: &Query| {
        let answer = pair.read(query);
        AnswerHeader::ref_from_prefix(&answer).expect("a header").0.code.get()
    };
    assert_eq!(code(&Query::tickets(1, bridge::id(START / MS, 1), 0)), Refusal::TicketUnknown as u16);
    assert_eq!(code(&Query::tickets(2, 0, 0)), Refusal::AccountUnknown as u16);
    assert_eq!(code(&Query::tickets(1, 0, 7)), Malformed::FieldOutside as u16);
    assert_eq!(code(&Query::tickets(1, 0, 6)), 0);
    assert_eq!(code(&Query::winners(1, 0)), Refusal::DrawUnknown as u16);
    assert_eq!(code(&Query::limits(1, 0)), Refusal::DrawUnknown as u16);
}
