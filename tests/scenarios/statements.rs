//! Statements: what they call each change, in which order, and where they end.

use std::fmt::Write;

use tests::table::check;

#[test]
fn each_change_of_a_balance_is_a_line() {
    check(
        "game    3d
         account A1
         account A2
         statement A1                                        -> nothing
         statement A3                                        -> AccountUnknown
         #d      deposit  A1 100.00
         withdraw A1 10.00 ref 7
         deposit A1 5.00 ref 8
         #x      transfer A1 A2 20.00
         #h      hold A1 30.00 until 50
         post    A1 #h 12.00
         #g      hold A1 4.00 until 50
         void    A1 #g
         #e      hold A1 6.00 until 3
         at 3
         tick
         statement A1 -> released #e 6.00 = 63.00; hold #e -6.00 = 57.00; released #g 4.00 = 63.00; hold #g -4.00 = 59.00; \
             posted #h 18.00 = 63.00; hold #h -30.00 = 45.00; out #x -20.00 = 75.00; deposit ref 8 5.00 = 95.00; \
             withdrawal ref 7 -10.00 = 90.00; deposit #d 100.00 = 100.00
         statement A2 -> in #x 20.00 = 20.00",
    );
}

#[test]
fn a_stake_is_a_line_of_its_ticket_and_what_bets_bring_is_a_line_each() {
    check(
        "game    3d
         account A1
         #d      deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         #u bet  A1 D1 straight 123 1.00, D1 rambolito 321 1.00, D1 straight 777 1.00, D2 straight 5 1.00, D2 straight 6 1.00
         #c bet  A1 D1 straight 123 2.00, D1 straight 124 1.00
         cancel  A1 #c
         at 9
         settle  D1 123
         void    D2
         tick
         statement A1 -> refund #u 1.00 = 532.00; refund #u 1.00 = 531.00; payout #u 75.00 = 530.00; payout #u 450.00 = 455.00; \
             returned #c 3.00 = 5.00; stake #c -3.00 = 2.00; stake #u -5.00 = 5.00; deposit #d 10.00 = 10.00",
    );
}

#[test]
fn what_is_owed_is_shown_beside_what_is_there() {
    check(
        "game    3d
         account A1
         account A2
         #d      deposit A1 10.00
         draw    D1 3d open until 9
         #t bet  A1 D1 rambolito 123 1.00
         #c bet  A1 D1 rambolito 123 2.00
         #k      claim A1 27.00
         #f      forgive A1 1.00
         cancel  A1 #c
         #m      deposit A1 1.00
         at 9
         settle  D1 123
         tick
         #l      claim A1 4.00
         statement A1 -> claim #l -4.00 = 55.00; payout #t 59.00 owed -16.00 = 59.00; deposit #m 0.00 owed -1.00 = 0.00; \
             returned #c 0.00 owed -2.00 = 0.00; forgiven #f 0.00 owed -1.00 = 0.00; claim #k -7.00 owed 20.00 = 0.00; \
             stake #c -2.00 = 7.00; stake #t -1.00 = 9.00; deposit #d 10.00 = 10.00
         at 20
         transfer A1 A2 55.00
         #q      claim A1 3.00
         #y      transfer A2 A1 50.00
         statement A2 -> out #y -50.00 = 5.00; in 55.00 = 55.00",
    );
}

#[test]
fn what_moves_nothing_is_no_line_and_what_is_refused_neither() {
    check(
        "account A1
         deposit A1 5.00 ref 7
         deposit A1 5.00 ref 7                               -> done 5.00
         withdraw A1 6.00                                    -> FundsShort 5.00
         #h      hold A1 5.00 until 9
         post    A1 #h 5.00
         // Nothing was released; it is a line all the same.
         statement A1                                        -> posted #h 0.00 = 0.00; hold #h -5.00 = 0.00; deposit ref 7 5.00 = 5.00",
    );
}

#[test]
fn a_prize_floored_to_nothing_is_a_line_and_tax_is_not_part_of_one() {
    check(
        "game    third 10^2 0.01..10.00 tax 5.00 20% straight=335/2 box=2:1/3
         account A1
         #d      deposit A1 1.00
         draw    D1 third open until 9
         #t bet  A1 D1 straight 12 0.10, D1 box 21 0.02
         at 9
         settle  D1 12
         tick
         statement A1                                        -> payout #t 0.00 = 14.28; payout #t 13.40 = 14.28; stake #t -0.12 = 0.88; deposit #d 1.00 = 1.00",
    );
}

#[test]
fn lines_of_one_tick_stand_in_the_order_in_which_they_came() {
    check(
        "game    3d
         account A1
         #d      deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 20
         #t bet  A1 D1 straight 123 1.00
         #h      hold A1 1.00 until 10
         at 9
         settle  D1 123
         at 10
         // The draw is due since its result, the hold since later.
         #u bet  A1 D2 straight 123 1.00
         + #m    deposit A1 2.00
         + #v bet A1 D2 straight 123 3.00
         + #w bet A1 D2 straight 123 4.00
         statement A1 -> stake #w -4.00 = 453.00; stake #v -3.00 = 457.00; deposit #m 2.00 = 460.00; stake #u -1.00 = 458.00; \
             released #h 1.00 = 459.00; payout #t 450.00 = 458.00; hold #h -1.00 = 8.00; stake #t -1.00 = 9.00; \
             deposit #d 10.00 = 10.00",
    );
}

#[test]
fn a_statement_ends_before_the_first_row_that_has_left() {
    check(
        "ledger  partitions 1 movements 3
         game    3d
         account A1
         account A2
         draw    D1 3d open until 9
         deposit A1 10.00 ref 1
         #t bet  A1 D1 straight 123 1.00
         deposit A1 10.00 ref 2
         #u bet  A1 D1 straight 123 1.00
         deposit A1 10.00 ref 3
         statement A1 -> deposit ref 3 10.00 = 28.00; stake #u -1.00 = 18.00; deposit ref 2 10.00 = 19.00; \
             stake #t -1.00 = 9.00; deposit ref 1 10.00 = 10.00
         // The rows of all accounts of a partition are in one queue.
         deposit A2 1.00 ref 4
         statement A1 -> deposit ref 3 10.00 = 28.00; stake #u -1.00 = 18.00; deposit ref 2 10.00 = 19.00; stake #t -1.00 = 9.00; more
         deposit A2 1.00 ref 5
         deposit A2 1.00 ref 6
         statement A1                                        -> more
         #v bet  A1 D1 straight 123 1.00
         statement A1                                        -> stake #v -1.00 = 27.00; more
         statement A2                                        -> deposit ref 6 1.00 = 3.00; deposit ref 5 1.00 = 2.00; deposit ref 4 1.00 = 1.00",
    );
}

#[test]
fn a_statement_ends_before_the_first_ticket_that_has_left() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         draw    D1 3d open until 9
         draw    D2 3d open until 9000
         deposit A1 10.00 ref 1
         #one    bet A1 D2 straight 123 1.00
         #two    bet A1 D1 straight 123 1.00
         #three  bet A1 D2 straight 123 1.00
         deposit A1 1.00 ref 2
         void    D1
         tick
         statement A1 -> refund #two 1.00 = 9.00; deposit ref 2 1.00 = 8.00; stake #three -1.00 = 7.00; stake #two -1.00 = 8.00; \
             stake #one -1.00 = 9.00; deposit ref 1 10.00 = 10.00
         at 6400
         // An older ticket is there, but the statement would have a gap.
         tick
         statement A1 -> refund #two 1.00 = 9.00; deposit ref 2 1.00 = 8.00; stake #three -1.00 = 7.00; more
         ticket  A1 #one                                     -> open",
    );
}

#[test]
fn a_statement_shows_a_hundred_lines() {
    for rows in [99, 100, 101] {
        let mut text =
            String::from("game 3d\naccount A1\ndraw D1 3d open until 9\ndeposit A1 900.00 ref 1\n");
        for _ in 1..rows {
            text.push_str("bet A1 D1 straight 123 1.00\n");
        }
        let end = if rows > 100 { "more" } else { "deposit ref 1 900.00 = 900.00" };
        let lines: Vec<String> =
            (0..rows.min(101)).rev().map(|n| format!("stake -1.00 = {}.00", 900 - n)).collect();
        let lines = lines[..(rows - 1).min(100) as usize].join("; ");
        writeln!(text, "statement A1 -> {lines}; {end}").expect("text");
        check(&text);
    }
}
