//! Tables that are full.

use tests::table::check;

#[test]
fn a_full_table_of_accounts() {
    check(
        "ledger  accounts 2 partitions 1
         account A1
         account A2
         account A3                                          -> CapacityReached 2
         account A2                                          -> AccountExists
         deposit A3 1.00                                     -> AccountUnknown",
    );
}

#[test]
fn a_full_table_of_tickets() {
    check(
        "ledger  tickets 2 partitions 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 1.00
         bet     A1 D1 straight 123 1.00
         bet     A1 D1 straight 123 9.00                     -> FundsShort 8.00
         bet     A1 D1 straight 123 1.00                     -> CapacityReached 2
         #t bet  A1 D1 straight 123 1.00                     -> again accepted 8.00 room wide
         cancel  A1 #t                                       -> done 9.00
         bet     A1 D1 straight 123 1.00                     -> CapacityReached 2",
    );
}

#[test]
fn a_full_table_of_draws() {
    check(
        "ledger  books 1 partitions 1
         game    3d
         draw    D1 3d until 9
         draw    D2 3d until 0                               -> DrawInvalid
         draw    D2 3d until 9                               -> CapacityReached 1
         draw    D1 3d until 9                               -> DrawExists",
    );
}

#[test]
fn a_draw_that_holds_as_much_as_a_limit_can_be_takes_no_more() {
    let deposits = "deposit A1 10000000000.00\n".repeat(1_000);
    let numbers: Vec<String> =
        (0..1_000).map(|number| format!("D1 straight {number:03} 10000000000.00")).collect();
    let tickets: String = numbers.chunks(50).map(|bets| format!("bet A1 {}\n", bets.join(", "))).collect();
    check(&format!(
        "game    even 10^3 0.01..10000000000.00 straight=1
         account A1
         account A2
         {deposits}
         deposit A2 10.00
         draw    D1 even open until 9
         {tickets}
         balance A1                                          -> 0.00
         bet     A2 D1 straight 123 1.00                     -> DrawStakeLimitReached 0.00"
    ));
}

#[test]
fn a_result_that_pays_more_than_a_limit_can_be_is_refused() {
    check(
        "game    steep 2^2 0.01..10000000000.00 tiers 1,2 straight=-;1000000
         account A1
         deposit A1 10000000000.00
         draw    D1 steep open until 9
         draw    D2 steep open until 9
         // A play without a top prize presses on no number.
         #t bet  A1 D1 straight 11 10000000.01, D2 straight 11 10000000.00
         at 9
         settle  D1 00 11                                    -> CapacityReached 1000000000000000
         seen    D1                                          -> closed bets 1 stake 10000000.01 escrow 10000000.01
         settle  D2 00 11
         void    D1
         tick
         ticket  A1 #t                                       -> refunded 10000000.01, paid 10000000000000.00",
    );
}
