//! What a tick tells beside its replies, and in which order.

use tests::table::check;

#[test]
fn the_states_of_draws_are_told() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d from 3 until 9
         told                                                -> nothing
         draw    D2 3d until 20
         + open  D2
         + suspend D2
         + resume D2
         told                                                -> 1 D2 open; 2 D2 suspended; 3 D2 open
         at 3
         tick
         told                                                -> due D1 open
         draw    D3 3d from 4 until 5
         at 9
         // Both states that it passes through; an unknown number and a refusal tell nothing.
         close   D2
         + close D9                                          -> DrawUnknown
         + close D1                                          -> DrawState closed
         told -> due D1 closed; due D3 open; due D3 closed; due D1 sealed 0 of 0.00; due D3 sealed 0 of 0.00; \
             0 D2 closed; 0 D2 sealed 0 of 0.00
         settle  D2 777
         + void  D3
         told                                                -> 0 D2 settled; 1 D3 void",
    );
}

#[test]
fn payouts_and_refunds_are_told_bet_by_bet() {
    check(
        "ledger  payouts 2
         game    3d
         account A1
         account A2
         deposit A1 10.00
         deposit A2 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         #b bet  A2 D1 straight 321 1.00, D1 rambolito 123 2.00, D2 straight 7 3.00
         #a bet  A1 D1 rambolito 123 1.00
         at 9
         settle  D1 321
         + void  D2
         told -> due D1 closed; due D2 closed; due D1 sealed 3 of 4.00; due D2 sealed 1 of 3.00; 0 D1 settling; \
             1 D2 voiding
         tick
         // States first, then by account; the bets were paid in the order in which they were placed.
         told -> due D2 void; due paid A2 #b 1/321 450.00 = 454.00; due paid A2 #b 2/123 150.00 = 604.00; \
             due refunded A2 #b 1/7 3.00 = 607.00
         tick
         told                                                -> due D1 settled; due paid A1 #a 2/123 75.00 = 84.00",
    );
}

#[test]
fn what_repays_a_debt_is_told_in_full() {
    check(
        "game    3d
         account A1
         account A2
         deposit A1 1.00
         deposit A2 9.00
         draw    D1 3d open until 9
         #t bet  A1 D1 rambolito 123 1.00
         claim   A1 80.00
         at 9
         settle  D1 123
         tick
         told                                                -> due D1 settled; due paid A1 #t 2/123 75.00 = 0.00
         #x      transfer A2 A1 9.00
         told                                                -> 0 received A1 #x 9.00 = 4.00",
    );
}

#[test]
fn holds_that_expire_are_told() {
    check(
        "account A1
         account A2
         deposit A1 10.00
         deposit A2 10.00
         #b hold A2 1.00 until 3
         #c hold A1 2.00 until 4
         #d hold A1 3.00 until 3
         #e hold A1 4.00 until 5
         void    A1 #e
         told                                                -> nothing
         at 9
         tick
         // By account and id; the balance tells that one was released before the other.
         told -> due expired A1 #c 2.00 = 10.00; due expired A1 #d 3.00 = 8.00; due expired A2 #b 1.00 = 10.00",
    );
}

#[test]
fn a_stake_limit_is_reached_where_less_than_the_least_bet_is_left() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=10.00 rambolito=10.00
         bet     A1 D1 straight 123 9.00
         told                                                -> nothing
         #t bet  A1 D1 straight 123 1.00
         told                                                -> 0 D1 1/123 reached 0.00
         #u bet  A1 D1 rambolito 321 9.01, D1 straight 321 10.00
         told                                                -> 0 D1 1/321 reached 0.00; 0 D1 2/123 reached 0.99
         cancel  A1 #t
         + cancel A1 #u
         told                                                -> 0 D1 1/123 lifted 1.00; 1 D1 1/321 lifted 10.00; 1 D1 2/123 lifted 10.00
         limit   D1 straight 123 9.99
         + limit D1 straight 123 clear
         + limit D1 rambolito 321 0.99
         told                                                -> 0 D1 1/123 reached 0.99; 1 D1 1/123 lifted 1.00; 2 D1 2/123 reached 0.99",
    );
}

#[test]
fn a_payout_limit_is_reached_where_no_least_bet_fits_and_a_block_leaves_nothing() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 payout 900.00
         // The least that a least bet wins is 75.00.
         #t bet  A1 D1 rambolito 112 5.50
         told                                                -> nothing
         #u bet  A1 D1 rambolito 112 0.01                    -> StakeBelowMinimum 1.00
         annul   A1 #t
         #v bet  A1 D1 rambolito 112 5.51
         told                                                -> 0 D1 payout 112 reached 73.50; 0 D1 payout 121 reached 73.50; 0 D1 payout 211 reached 73.50
         block   D1 112
         + block D1 113
         + annul A1 #v
         + unblock D1 112
         + unblock D1 113
         told -> 1 D1 payout 113 reached 0.00; 2 D1 payout 121 lifted 900.00; 2 D1 payout 211 lifted 900.00; \
             3 D1 payout 112 lifted 900.00; 4 D1 payout 113 lifted 900.00",
    );
}

#[test]
fn the_limits_of_the_whole_draw_are_told() {
    check(
        "game    two 2^2 1.00..10.00 straight=3
         account A1
         deposit A1 100.00
         draw    D1 two open until 9 total 10.00
         bet     A1 D1 straight 1 9.50
         told                                                -> 0 D1 reached 0.50
         limit   D1 total * 10.50
         told                                                -> 0 D1 lifted 1.00
         // Of numbers with an override as well.
         limit   D1 payout 0 100.00
         limit   D1 worst * 30.00
         told                                                -> 0 D1 payout 1 reached 1.50
         limit   D1 payout * 2.00
         told                                                -> 0 D1 payout 2 reached 2.00; 0 D1 payout 3 reached 2.00",
    );
}

#[test]
fn a_moved_default_is_told_of_every_number_without_an_override() {
    check(
        "game    two 2^2 1.00..10.00 straight=3 box=1:4,2:2
         draw    D1 two open until 9
         limit   D1 straight 1 5.00
         limit   D1 straight * 0.50
         told                                                -> 0 D1 1/0 reached 0.50; 0 D1 1/2 reached 0.50; 0 D1 1/3 reached 0.50
         limit   D1 box * 0.00
         told                                                -> 0 D1 2/0 reached 0.00; 0 D1 2/1 reached 0.00; 0 D1 2/3 reached 0.00
         limit   D1 box * none
         told                                                -> 0 D1 2/0 lifted 10000000000000.00; 0 D1 2/1 lifted 10000000000000.00; 0 D1 2/3 lifted 10000000000000.00",
    );
}

#[test]
fn what_a_draw_that_is_decided_gives_back_is_told_of_no_limit() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=10.00
         #t bet  A1 D1 straight 123 10.00
         void    D1
         told                                                -> 0 D1 voiding
         tick
         told                                                -> due D1 void; due refunded A1 #t 1/123 10.00 = 100.00",
    );
}

#[test]
fn what_a_correction_moves_is_told_and_what_it_leaves_is_not() {
    check(
        "game    3d
         account A1
         account A2
         deposit A1 10.00
         deposit A2 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 straight 123 1.00, D1 rambolito 321 1.00
         #b bet  A2 D1 straight 321 2.00
         at 9
         settle  D1 123
         tick
         withdraw A1 500.00
         correct D1 321
         told                                                -> 0 D1 correcting
         tick
         // The rambolito is paid by both; what is not there is owed, and the change is told in full.
         told -> due D1 settled; due corrected A1 #a 1/123 -450.00 = 0.00; due corrected A2 #b 1/321 900.00 = 908.00
         statement A1 -> correction #a -33.00 owed 417.00 = 0.00; withdrawal -500.00 = 33.00; payout #a 75.00 = 533.00; \
             payout #a 450.00 = 458.00; stake #a -2.00 = 8.00; deposit 10.00 = 10.00",
    );
}

#[test]
fn commission_is_told_and_stands_in_statements_also_where_it_is_taken_back() {
    check(
        "game    3d
         account A1
         account A2 below A1
         account A3
         share   A1 1%
         share   A2 10%
         deposit A2 10.00 ref 7
         draw    D1 3d open until 9
         #t bet  A2 D1 straight 123 4.00
         at 9
         tick
         told                                                -> due D1 closed; due D1 sealed 1 of 4.00
         tick
         told                                                -> due commission A1 D1 0.04 = 0.04; due commission A2 D1 0.40 = 6.40
         transfer A1 A3 0.03
         void    D1
         tick
         // The agent itself was paid first; of what is gone the rest is owed.
         told                                                -> due commission A1 D1 -0.04 = 0.00; due commission A2 D1 -0.40 = 6.00
         tick
         told                                                -> due D1 void; due refunded A2 #t 1/123 4.00 = 10.00
         statement A1                                        -> commission D1 -0.01 owed 0.03 = 0.00; out -0.03 = 0.01; commission D1 0.04 = 0.04
         statement A2 -> refund #t 4.00 = 10.00; commission D1 -0.40 = 6.00; commission D1 0.40 = 6.40; stake #t -4.00 = 6.00; \
             deposit ref 7 10.00 = 10.00",
    );
}
