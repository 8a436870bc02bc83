//! A result that takes another's place: who is paid, what is taken back, and what is told meanwhile.

use tests::table::check;

#[test]
fn a_corrected_result_pays_the_new_winners_and_takes_back_from_the_old() {
    check(
        "game    3d
         account A1
         account A2
         deposit A1 10.00
         deposit A2 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 straight 123 1.00
         #b bet  A2 D1 straight 124 2.00
         #c bet  A2 D1 rambolito 321 1.00
         at 9
         correct D1 124                                      -> DrawState closed
         settle  D1 123
         correct D1 123                                      -> ResultSame
         at 10
         tick
         seen    D1                                          -> settled bets 3 stake 4.00 escrow 0.00 paid 525.00 to 2 of 2
         audit                                               -> in 20.00 out 0.00 accounts 541.00 escrow 0.00 house -521.00
         ended   D1                                          -> at 9
         correct D1 124
         // 900.00 are to be paid in all, and 525.00 were.
         seen    D1                                          -> correcting bets 3 stake 4.00 escrow 375.00 paid 525.00 to 0 of 1
         drawn   D1                                          -> 124
         ended   D1                                          -> no corrected 1
         ticket  A1 #a                                       -> lost
         ticket  A2 #b                                       -> won 900.00
         ticket  A2 #c                                       -> lost
         balance A1                                          -> 459.00
         audit                                               -> in 20.00 out 0.00 accounts 541.00 escrow 375.00 house -896.00
         at 11
         tick
         seen    D1                                          -> settled bets 3 stake 4.00 escrow 0.00 paid 900.00 to 1 of 1
         ended   D1                                          -> at 11 corrected 1
         ticket  A2 #b                                       -> paid 900.00
         balance A1                                          -> 9.00
         balance A2                                          -> 907.00
         audit                                               -> in 20.00 out 0.00 accounts 916.00 escrow 0.00 house -896.00
         // And back to the first one.
         correct D1 123
         tick
         seen    D1                                          -> settled bets 3 stake 4.00 escrow 0.00 paid 525.00 to 2 of 2
         balance A1                                          -> 459.00
         balance A2                                          -> 82.00
         ticket  A1 #a                                       -> paid 450.00
         ended   D1                                          -> at 11 corrected 2
         audit                                               -> in 20.00 out 0.00 accounts 541.00 escrow 0.00 house -521.00",
    );
}

#[test]
fn what_was_spent_is_owed_and_the_next_correction_repays_it() {
    check(
        "game    3d
         account A1
         deposit A1 1.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00
         at 9
         settle  D1 123
         tick
         withdraw A1 440.00
         correct D1 999
         seen    D1                                          -> correcting bets 1 stake 1.00 escrow -450.00 paid 450.00 to 0 of 0
         tick
         wallet  A1                                          -> 0.00 owed 440.00
         seen    D1                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 0.00 to 0 of 0
         audit                                               -> in 1.00 out 440.00 accounts 0.00 owed 440.00 escrow 0.00 house 1.00
         deposit A1 40.00                                    -> done 0.00
         correct D1 123
         tick
         wallet  A1                                          -> 50.00
         correct D1 124
         tick
         wallet  A1                                          -> 0.00 owed 400.00
         audit                                               -> in 41.00 out 440.00 accounts 0.00 owed 400.00 escrow 0.00 house 1.00",
    );
}

#[test]
fn a_correction_takes_no_credit_and_asks_no_account_whether_it_may() {
    check(
        "game    3d
         account A1
         account A2
         account A3
         deposit A1 1.00
         deposit A2 1.00
         deposit A3 1.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00
         bet     A2 D1 straight 123 1.00
         bet     A3 D1 straight 124 1.00
         at 9
         settle  D1 123
         tick
         credit  A1 100.00
         withdraw A1 500.00                                  -> done -50.00
         suspend A2
         close   A3                                          -> done 0.00
         correct D1 124
         tick
         wallet  A1                                          -> -50.00 owed 450.00 credit 100.00
         wallet  A2                                          -> 0.00 suspended
         wallet  A3                                          -> 450.00 closed
         correct D1 123
         tick
         wallet  A1                                          -> -50.00 credit 100.00
         wallet  A2                                          -> 450.00 suspended
         wallet  A3                                          -> 0.00 closed",
    );
}

#[test]
fn visits_are_spread_over_ticks_in_the_order_of_the_bets() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 straight 123 1.00
         #b bet  A1 D1 straight 124 1.00
         #c bet  A1 D1 straight 124 1.00
         #d bet  A1 D1 straight 123 1.00
         #e bet  A1 D1 straight 125 1.00
         annul   A1 #c
         at 9
         settle  D1 123
         correct D1 124                                      -> DrawSettling settling
         tick
         balance A1                                          -> 906.00
         correct D1 124
         seen    D1                                          -> correcting bets 4 stake 4.00 escrow -450.00 paid 900.00 to 0 of 1
         tick
         balance A1                                          -> 456.00
         ticket  A1 #b                                       -> won 450.00
         correct D1 123                                      -> DrawSettling correcting
         // The payment of #b was made in the tick of that line. The next one was taken back before the close.
         seen    D1                                          -> correcting bets 4 stake 4.00 escrow -450.00 paid 900.00 to 1 of 1
         ticket  A1 #b                                       -> paid 450.00
         void    D1                                          -> DrawSettling correcting
         balance A1                                          -> 906.00
         annul   A1 #e                                       -> DrawState settled of bet 0
         balance A1                                          -> 456.00
         seen    D1                                          -> settled bets 4 stake 4.00 escrow 0.00 paid 450.00 to 1 of 1",
    );
}

#[test]
fn a_cancelled_bet_has_its_visit_also_where_nobody_else_is_touched() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #a bet  A1 D1 straight 123 1.00
         #b bet  A1 D1 straight 123 1.00
         cancel  A1 #a
         cancel  A1 #b
         at 9
         settle  D1 999
         correct D1 888
         // Nothing to visit: at once.
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         ended   D1                                          -> at 9 corrected 1
         correct D1 123
         seen    D1                                          -> correcting bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         tick
         seen    D1                                          -> correcting bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         tick
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0",
    );
}

#[test]
fn what_is_refused_and_in_which_order() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d until 9
         draw    D2 3d open until 9
         draw    D3 3d open until 9
         draw    D4 3d open until 8
         bet     A1 D2 straight 123 1.00
         correct D9 123                                      -> DrawUnknown
         correct D1 123                                      -> DrawState draft
         correct D2 123                                      -> DrawState open
         suspend D2
         correct D2 123                                      -> DrawState suspended
         void    D3
         correct D3 123                                      -> DrawState void
         at 9
         correct D2 123                                      -> DrawState closed
         settle  D2 999
         correct D2 like D4 999                              -> SealDiffers
         correct D2 unsealed 1000 1                          -> SealDiffers
         correct D2 999                                      -> ResultSame
         correct D2 999 1                                    -> ResultCount 1
         correct D2 1000                                     -> NumberOutside 999
         correct D2 998                                      -> done",
    );
}

#[test]
fn a_corrected_result_has_the_same_bound() {
    check(
        "game    steep 3^2 0.01..10000000000.00 tiers 1,2 low=-;1000000 high=1
         account A1
         account A2
         credit  A1 10000000000000.00
         draw    D1 steep open until 9
         // 10,000,000,000 times 1,000,000 is 10 times the most that a draw may pay.
         bet     A1 D1 low 11 100000000.00                   -> accepted *
         at 9
         settle  D1 00 00
         correct D1 00 11                                    -> CapacityReached 1000000000000000
         drawn   D1                                          -> 0 0
         ended   D1                                          -> at 9",
    );
}

#[test]
fn where_a_result_needs_two_principals_so_does_another() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9 confirmed
         #t bet  A1 D1 straight 123 1.00
         at 9
         by 1 settle D1 999
         by 2 settle D1 999
         by 2 correct D1 999                                 -> ResultSame
         by 1 correct D1 123
         seen    D1                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 0.00 to 0 of 0
         drawn   D1                                          -> 999
         ended   D1                                          -> at 9
         by 2 correct D1 124                                 -> ResultDiffers
         by 2 correct D1 999                                 -> ResultDiffers
         by 2 correct D1 unsealed 123                        -> SealDiffers
         // Whoever proposed it can propose another, and cannot confirm it.
         by 1 correct D1 124
         by 1 correct D1 124
         by 1 correct D1 999                                 -> ResultSame
         by 1 correct D1 123
         by 2 correct D1 123
         + by 3 correct D1 999                               -> DrawSettling correcting
         drawn   D1                                          -> 123
         tick
         ticket  A1 #t                                       -> paid 450.00
         // The next one again needs two.
         by 2 correct D1 999
         drawn   D1                                          -> 123
         by 1 correct D1 999
         tick
         drawn   D1                                          -> 999
         balance A1                                          -> 9.00
         ended   D1                                          -> at 9 corrected 2",
    );
}

#[test]
fn tax_and_rounding_move_with_the_result() {
    check(
        "game    g 10^2 1.00..50.00 tiers 1,2 round up 1.00 tax 100.00 20% a=703/2;10/3
         account A1
         deposit A1 4.00
         draw    D1 g open until 9
         #t bet  A1 D1 a 12 1.00, D1 a 34 1.00, D1 a 56 2.00
         at 9
         settle  D1 12 34
         tick
         // 351.50 is 352.00, of which a fifth is 70.40; 3.33 is 4.00.
         audit                                               -> in 4.00 out 0.00 accounts 285.60 escrow 0.00 house -350.83 tax 70.40 rounding -1.17
         correct D1 12 12
         // Both: 356.00, taxed 71.20.
         ticket  A1 #t                                       -> won 356.00, lost, lost
         tick
         ticket  A1 #t                                       -> paid 356.00, lost, lost
         audit                                               -> in 4.00 out 0.00 accounts 284.80 escrow 0.00 house -350.83 tax 71.20 rounding -1.17
         correct D1 34 56
         tick
         // 352.00 and 6.66, which is 7.00.
         ticket  A1 #t                                       -> lost, paid 352.00, paid 7.00
         audit                                               -> in 4.00 out 0.00 accounts 288.60 escrow 0.00 house -354.16 tax 70.40 rounding -0.84
         correct D1 98 99
         tick
         audit                                               -> in 4.00 out 0.00 accounts 0.00 escrow 0.00 house 4.00",
    );
}

#[test]
fn a_correction_counts_as_what_comes_back() {
    check(
        "game    3d
         account A1
         deposit A1 1000.00
         draw    D1 3d open until 9
         draw    D2 3d open until 90
         cap     A1 loss month 10.00
         bet     A1 D1 straight 123 1.00
         at 9
         settle  D1 123
         tick
         bet     A1 D2 straight 123 459.01                   -> LossLimitReached 459.00
         correct D1 124
         tick
         bet     A1 D2 straight 123 9.01                     -> LossLimitReached 9.00
         correct D1 123
         tick
         bet     A1 D2 straight 123 459.01                   -> LossLimitReached 459.00",
    );
}

#[test]
fn clients_hear_that_a_draw_is_being_decided() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         draw    D3 3d open until 9
         #t bet  A1 D1 straight 123 1.00
         #u bet  A1 D2 straight 123 1.00, D1 straight 123 1.00
         #v bet  A1 D3 straight 123 1.00
         #w bet  A1 D3 straight 123 1.00
         cancel  A1 #w
         at 9
         cancel  A1 #t                                       -> DrawClosed 9 of bet 0
         settle  D1 123
         // The lesser reason, whatever comes first in the ticket.
         cancel  A1 #u                                       -> DrawSettling settling of bet 1
         annul   A1 #u                                       -> DrawState settled of bet 1
         cancel  A1 #u                                       -> DrawClosed 9 of bet 0
         correct D1 124
         annul   A1 #u                                       -> DrawSettling correcting of bet 1
         + cancel A1 #t                                      -> DrawSettling correcting of bet 0
         tick
         void    D3
         + cancel A1 #v                                      -> DrawSettling voiding of bet 0
         + annul  A1 #v                                      -> DrawSettling voiding of bet 0
         + void   D3                                         -> DrawSettling voiding
         annul   A1 #v                                       -> DrawState void of bet 0",
    );
}

#[test]
fn a_result_is_corrected_at_most_255_times() {
    let both = "correct D1 124\ncorrect D1 123\n".repeat(127);
    check(&format!(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 999 1.00
         at 9
         settle  D1 123
         {both}
         ended   D1                                          -> at 9 corrected 254
         correct D1 999
         tick
         correct D1 998                                      -> CapacityReached 255
         ended   D1                                          -> at 9 corrected 255
         balance A1                                          -> 459.00"
    ));
}

#[test]
fn commission_stays_what_it_was() {
    check(
        "game    3d
         account A1
         account A2 below A1
         deposit A2 10.00
         share   A1 10%
         draw    D1 3d open until 9
         bet     A2 D1 straight 123 1.00
         at 9
         settle  D1 123
         correct D1 124
         tick
         posted  D1                                          -> A1 0.10 (10% of 1.00)
         seen    D1                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 0.00 to 0 of 0
         balance A2                                          -> 9.00
         audit                                               -> in 10.00 out 0.00 accounts 9.10 escrow 0.00 house 1.00 commission -0.10",
    );
}

#[test]
fn what_a_correction_takes_is_owed_whatever_is_owed_already() {
    let claims = "claim A1 10000000000.00\n".repeat(1_000);
    check(&format!(
        "game    3d
         account A1
         deposit A1 1.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00
         at 9
         settle  D1 123
         tick
         withdraw A1 450.00
         {claims}
         correct D1 124
         tick
         wallet  A1                                          -> 0.00 owed 10000000000450.00
         // Nothing more can be claimed, and not less than that.
         claim   A1 0.01                                     -> BalanceTooLarge 0.00
         correct D1 123
         tick
         wallet  A1                                          -> 0.00 owed 10000000000000.00"
    ));
}
