//! Trees of accounts, principals that stand for one of them, and what those who sell get.

use tests::table::check;

#[test]
fn an_account_is_opened_below_another_or_put_there() {
    check(
        "account A1
         account A2 below A1
         account A3 below A9                                 -> ParentUnknown
         account A3 840 below A1                             -> CurrencyMismatch 608
         account A2 below A9                                 -> ParentUnknown
         account A1 below A1                                 -> ParentInvalid 8
         account A2 below A1                                 -> AccountExists
         account A3 below A2
         account A4 840
         wallet  A2                                          -> 0.00 below A1
         wallet  A3                                          -> 0.00 below A2
         place   A9 below A1                                 -> AccountUnknown
         place   A9 alone                                    -> AccountUnknown
         place   A1 below A9                                 -> ParentUnknown
         place   A1 below A1                                 -> ParentInvalid 8
         // A circle.
         place   A1 below A3                                 -> ParentInvalid 8
         place   A4 below A3                                 -> CurrencyMismatch 608
         place   A3 below A1                                 -> done 0.00
         place   A2 below A3                                 -> done 0.00
         place   A2 alone                                    -> done 0.00
         place   A2 alone                                    -> done 0.00
         wallet  A2                                          -> 0.00
         close   A2
         place   A2 below A1                                 -> AccountClosed
         place   A2 below A9                                 -> ParentUnknown
         place   A2 alone                                    -> AccountClosed
         // One that is closed can have others below it.
         place   A3 below A2                                 -> done 0.00",
    );
}

#[test]
fn a_path_has_at_most_eight_accounts() {
    check(
        "account A1
         account A2 below A1
         account A3 below A2
         account A4 below A3
         account A5 below A4
         account A6 below A5
         account A7 below A6
         account A8 below A7
         account A9 below A8                                 -> ParentInvalid 8
         account A9
         account A10 below A9
         place   A9 below A7                                 -> ParentInvalid 8
         place   A9 below A6                                 -> done 0.00
         // What is moved takes along what is below it.
         account A11
         place   A1 below A11                                -> ParentInvalid 8
         place   A8 alone
         place   A1 below A11                                -> ParentInvalid 8
         place   A10 alone
         place   A1 below A11                                -> done 0.00",
    );
}

#[test]
fn so_many_accounts_can_be_below_others() {
    check(
        "ledger  tree 2
         account A1
         account A2 below A1
         account A3 below A1
         account A4 below A1                                 -> CapacityReached 2
         account A4
         place   A4 below A1                                 -> CapacityReached 2
         place   A3 below A2                                 -> done 0.00
         place   A3 alone                                    -> done 0.00
         place   A4 below A1                                 -> done 0.00",
    );
}

#[test]
fn a_principal_that_stands_for_an_account_asks_for_it_and_what_is_below() {
    check(
        "game    3d
         account A1
         account A2 below A1
         account A3 below A2
         account A4
         deposit A2 100.00
         deposit A3 100.00
         draw    D1 3d open until 9
         principal 7 for A9                                  -> AccountUnknown
         // It could not take that back.
         by 7 principal 7 for A2                             -> NotAuthorised A0
         principal 7 for A2
         by 7 #t bet A2 D1 straight 123 1.00                 -> accepted 99.00 room wide
         by 7 #u bet A3 D1 straight 123 1.00                 -> accepted 99.00 room wide
         by 7 bet A1 D1 straight 123 1.00                    -> NotAuthorised A2
         by 7 bet A4 D7 straight 123 1.00                    -> NotAuthorised A2
         by 7 bet A9 D1 straight 123 1.00                    -> NotAuthorised A2
         by 7 cancel A3 #u                                   -> done 100.00
         by 7 cancel A4 #u                                   -> NotAuthorised A2
         by 7 transfer A3 A4 1.00                            -> done 99.00
         by 7 transfer A4 A3 1.00                            -> NotAuthorised A2
         by 7 #h hold A3 1.00 until 9                        -> done 98.00
         by 7 post A3 #h all                                 -> NotAuthorised A2
         by 7 void A3 #h                                     -> done 99.00
         // Status, exclusions and limits: only of those below.
         by 7 suspend A3                                     -> done 99.00
         by 7 activate A3                                    -> done 99.00
         by 7 exclude A3 until 1                             -> done 99.00
         by 7 cap A3 stake day 10.00                         -> done 99.00
         by 7 suspend A2                                     -> NotAuthorised A2
         by 7 exclude A2 until 1                             -> NotAuthorised A2
         by 7 cap A2 stake day 10.00                         -> NotAuthorised A2
         by 7 suspend A9                                     -> NotAuthorised A2
         by 7 account A5 below A3                            -> done
         by 7 account A6 below A2                            -> done
         by 7 account A8                                     -> NotAuthorised A2
         by 7 account A8 below A1                            -> NotAuthorised A2
         by 7 account A8 below A9                            -> NotAuthorised A2
         principal 7 for A3
         by 7 transfer A2 A3 1.00                            -> NotAuthorised A3
         principal 7 for all
         by 7 transfer A2 A3 1.00                            -> done 98.00",
    );
}

#[test]
fn everything_else_is_not_for_a_principal_that_stands_for_an_account() {
    check(
        "game    3d
         account A1
         account A2 below A1
         deposit A2 100.00
         draw    D1 3d open until 9
         #t bet  A2 D1 straight 123 1.00
         principal 7 for A1
         by 7 deposit A2 1.00                                -> NotAuthorised A1
         by 7 deposit A2 1.00 ref 1                          -> NotAuthorised A1
         by 7 withdraw A2 1.00                               -> NotAuthorised A1
         by 7 withdraw A2 1.00 ref 1                         -> NotAuthorised A1
         by 7 credit A2 1.00                                 -> NotAuthorised A1
         by 7 claim A2 1.00                                  -> NotAuthorised A1
         by 7 forgive A2 1.00                                -> NotAuthorised A1
         by 7 place A2 alone                                 -> NotAuthorised A1
         by 7 share A2 1%                                    -> NotAuthorised A1
         by 7 principal 7 for all                            -> NotAuthorised A1
         by 7 principal 8 for A2                             -> NotAuthorised A1
         by 7 annul A2 #t                                    -> NotAuthorised A1
         by 7 game x 10^3 1.00..5.00 straight=1              -> NotAuthorised A1
         by 7 draw D2 3d until 9                             -> NotAuthorised A1
         by 7 open D1                                        -> NotAuthorised A1
         by 7 suspend D1                                     -> NotAuthorised A1
         by 7 resume D1                                      -> NotAuthorised A1
         by 7 close D1                                       -> NotAuthorised A1
         by 7 settle D1 123                                  -> NotAuthorised A1
         by 7 correct D1 123                                 -> NotAuthorised A1
         by 7 void D1                                        -> NotAuthorised A1
         by 7 block D1 123                                   -> NotAuthorised A1
         by 7 limit D1 payout * 1.00                         -> NotAuthorised A1
         // Before everything else: there is no such draw.
         by 7 close D9                                       -> NotAuthorised A1",
    );
}

#[test]
fn so_many_principals_can_stand_for_an_account() {
    let all: String = (0..65_536).map(|number| format!("+ principal {} for A1\n", number + 10)).collect();
    check(&format!(
        "account A1
         {all}
         principal 9 for A1                                  -> CapacityReached 65536
         principal 10 for A1                                 -> done
         principal 9 for all                                 -> done
         principal 10 for all                                -> done
         principal 9 for A1                                  -> done
         principal 10 for A1                                 -> CapacityReached 65536"
    ));
}

#[test]
fn the_id_comes_before_the_principal_and_the_refusal_is_remembered() {
    check(
        "account A1
         account A2 below A1
         deposit A1 10.00
         principal 7 for A2
         #x by 7 transfer A1 A2 1.00                         -> NotAuthorised A2
         principal 7 for A1
         #x by 7 transfer A1 A2 1.00                         -> again NotAuthorised A2
         #x by 7 transfer A1 A2 2.00                         -> IdReused
         #y@-90000 by 7 transfer A9 A2 2.00                  -> IdExpired *
         by 7 transfer A1 A2 1.00                            -> done 9.00
         // Ids of accounts are not the principal's.
         #z by 1 transfer A1 A2 1.00                         -> done 8.00
         principal 7 for A2
         #z by 7 transfer A1 A2 1.00                         -> again done 8.00",
    );
}

#[test]
fn those_who_sell_and_those_above_them_get_their_shares_of_the_stakes() {
    check(
        "game    3d
         account A1
         account A2 below A1
         account A3 below A2
         account A4 below A3
         account A5
         deposit A3 100.00
         deposit A4 100.00
         deposit A5 100.00
         share   A1 1.5%
         share   A2 5%
         draw    D1 3d open until 9
         // A4 and A3 are sold to by A2, who is the first upwards with a share; nobody sells to A5.
         bet     A4 D1 straight 123 10.00
         bet     A5 D1 straight 124 50.00
         bet     A3 D1 straight 124 3.33
         #t bet  A4 D1 straight 123 7.00
         cancel  A4 #t
         at 9
         tick
         posted  D1                                          -> nothing
         audit                                               -> in 300.00 out 0.00 accounts 236.67 escrow 63.33 house 0.00
         tick
         // 0.6665 and 0.19995, rounded down.
         posted  D1                                          -> A2 0.66 (5% of 13.33), A1 0.19 (1.5% of 13.33 by A2)
         balance A2                                          -> 0.66
         balance A1                                          -> 0.19
         audit                                               -> in 300.00 out 0.00 accounts 237.52 escrow 63.33 house 0.00 commission -0.85
         settle  D1 125
         audit                                               -> in 300.00 out 0.00 accounts 237.52 escrow 0.00 house 63.33 commission -0.85",
    );
}

#[test]
fn whoever_bets_can_have_a_share_and_a_share_of_nothing_makes_no_line() {
    check(
        "game    3d
         account A1
         account A2 below A1
         account A3 below A2
         deposit A3 100.00
         share   A3 0%
         share   A2 0.0001%
         share   A1 100%
         draw    D1 3d open until 9
         bet     A3 D1 straight 123 10.00
         at 9
         tick
         tick
         posted  D1                                          -> A1 10.00 (100% of 10.00 by A3)
         posted  D2                                          -> DrawUnknown",
    );
}

#[test]
fn the_period_that_was_set_last_counts_at_the_close() {
    check(
        "game    3d
         account A1
         account A2 below A1
         deposit A2 100.00
         share   A1 5%
         share   A1 7% from 9 until 20
         share   A1 9% from 12 until 12.000000001
         share   A1 11% from 30
         share   A9 5%                                       -> AccountUnknown
         shares  A1                                          -> 5% from 0, 7% from 9 until 20, 9% from 12 until 12, 11% from 30
         shares  A2                                          -> nothing
         shares  A9                                          -> AccountUnknown
         draw    D1 3d open until 9
         draw    D2 3d open until 12
         draw    D3 3d open until 20
         draw    D4 3d open until 90
         draw    D5 3d open until 30
         bet     A2 D1 straight 123 1.00, D2 straight 123 1.00, D3 straight 123 1.00, D4 straight 123 1.00, D5 straight 123 1.00
         // One closes before the others, when it is told to.
         at 8
         close   D4
         // The rate is that of the close, also where the sealing and the posting are late.
         at 40
         // What is set before the posting counts for what it covers.
         share   A1 20% from 30
         tick
         posted  D1                                          -> A1 0.07 (7% of 1.00)
         posted  D2                                          -> A1 0.09 (9% of 1.00)
         posted  D3                                          -> A1 0.05 (5% of 1.00)
         posted  D4                                          -> A1 0.05 (5% of 1.00)
         posted  D5                                          -> A1 0.20 (20% of 1.00)",
    );
}

#[test]
fn an_account_keeps_eight_periods_and_forgets_those_that_ended_a_day_ago() {
    check(
        "account A1
         account A2
         close   A2
         share   A2 1%                                       -> AccountClosed
         share   A1 1% until 10
         share   A1 2% until 10.000000001
         share   A1 3%
         share   A1 4%
         share   A1 5%
         share   A1 6%
         share   A1 7%
         share   A1 8%
         share   A1 9%                                       -> CapacityReached 8
         at 86409.999999999
         share   A1 9%                                       -> CapacityReached 8
         at 86410
         share   A1 9%                                       -> done 0.00
         share   A1 10%                                      -> done 0.00
         share   A1 11%                                      -> CapacityReached 8
         shares  A1                                          -> 3% from 0, 4% from 0, 5% from 0, 6% from 0, 7% from 0, 8% from 0, 9% from 0, 10% from 0",
    );
}

#[test]
fn so_many_accounts_can_have_periods() {
    check(
        "ledger  sellers 2
         account A1
         account A2
         account A3
         share   A1 1%
         share   A2 1%
         share   A3 1%                                       -> CapacityReached 2
         share   A1 2%                                       -> done 0.00",
    );
}

#[test]
fn commission_is_posted_over_ticks_and_the_draw_ends_after_it() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         account A2 below A1
         account A3 below A1
         deposit A2 10.00
         deposit A3 10.00
         claim   A3 1.00
         share   A1 1%
         share   A2 10%
         share   A3 20%
         draw    D1 3d open until 9
         bet     A3 D1 straight 123 4.00
         bet     A2 D1 straight 124 2.00
         bet     A3 D1 straight 125 1.00
         claim   A3 5.00
         at 9
         // The order is that of the first bets.
         settle  D1 126
         seen    D1                                          -> settled bets 3 stake 7.00 escrow 0.00 paid 0.00 to 0 of 0
         ended   D1                                          -> no
         posted  D1                                          -> nothing
         tick
         // What comes in repays what is owed first.
         posted  D1                                          -> A3 1.00 (20% of 5.00), A1 0.05 (1% of 5.00 by A3)
         wallet  A3                                          -> 0.00 below A1
         ended   D1                                          -> no
         at 10
         tick
         posted  D1                                          -> A3 1.00 (20% of 5.00), A1 0.05 (1% of 5.00 by A3), A2 0.20 (10% of 2.00), A1 0.02 (1% of 2.00 by A2)
         ended   D1                                          -> at 10",
    );
}

#[test]
fn the_tree_at_the_sealing_says_who_sold_and_that_at_the_posting_who_is_above() {
    check(
        "game    3d
         account A1
         account A2
         account A3 below A1
         deposit A3 10.00
         share   A1 10%
         share   A2 20%
         draw    D1 3d open until 9
         bet     A3 D1 straight 123 1.00
         place   A3 below A2
         close   D1
         + place A3 below A1
         + place A2 below A1
         + suspend A1
         tick
         posted  D1                                          -> A2 0.20 (20% of 1.00), A1 0.10 (10% of 1.00 by A2)
         wallet  A1                                          -> 0.10 suspended",
    );
}

#[test]
fn a_closed_account_gets_its_commission_all_the_same() {
    check(
        "game    3d
         account A1
         account A2 below A1
         deposit A2 10.00
         share   A1 10%
         draw    D1 3d open until 9
         bet     A2 D1 straight 123 1.00
         close   A1
         at 9
         tick
         tick
         wallet  A1                                          -> 0.10 closed",
    );
}

#[test]
fn commission_counts_in_no_rolling_limit() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         share   A1 50%
         cap     A1 loss day 4.00
         cap     A1 deposit day 1.00
         draw    D1 3d open until 9
         draw    D2 3d open until 90
         bet     A1 D1 straight 123 4.00
         at 9
         tick
         tick
         balance A1                                          -> 8.00
         bet     A1 D2 straight 123 1.00                     -> LossLimitReached 0.00
         deposit A1 1.01                                     -> DepositLimitReached 1.00",
    );
}

#[test]
fn what_was_posted_is_taken_back_before_the_stakes_are_given_back() {
    check(
        "ledger  payouts 2
         game    3d
         account A1
         account A2 below A1
         account A3 below A1
         deposit A2 10.00
         deposit A3 10.00
         share   A1 1%
         share   A2 10%
         share   A3 20%
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         bet     A3 D1 straight 123 4.00
         bet     A2 D1 straight 124 2.00
         close   D1
         tick
         withdraw A3 6.50
         void    D1
         ended   D1                                          -> no
         tick
         // Two lines a tick, in the order in which they were posted; what is not there any more is owed.
         posted  D1                                          -> A3 0.80 (20% of 4.00) taken back, A1 0.04 (1% of 4.00 by A3) taken back, A2 0.20 (10% of 2.00), A1 0.02 (1% of 2.00 by A2)
         audit                                               -> in 20.00 out 6.50 accounts 8.22 owed 0.50 escrow 6.00 house 0.00 commission -0.22
         tick
         seen    D1                                          -> voiding bets 2 stake 6.00 escrow 6.00
         wallet  A3                                          -> 0.00 owed 0.50 below A1
         tick
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         wallet  A3                                          -> 3.50 below A1
         wallet  A2                                          -> 10.00 below A1
         wallet  A1                                          -> 0.00
         audit                                               -> in 20.00 out 6.50 accounts 13.50 escrow 0.00 house 0.00",
    );
}

#[test]
fn what_is_not_posted_when_a_draw_is_called_off_never_is() {
    check(
        "ledger  payouts 1
         game    3d
         account A1
         account A2
         deposit A1 10.00
         deposit A2 10.00
         share   A1 10%
         share   A2 10%
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         #a bet  A1 D1 straight 123 1.00, D2 straight 123 1.00
         #b bet  A2 D1 straight 124 2.00
         close   D1
         annul   A1 #a                                       -> done 10.10
         + annul A2 #b
         + void  D1
         // Nothing stands, and still there is something to take back.
         seen    D1                                          -> voiding bets 0 stake 0.00 escrow 0.00
         tick
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         posted  D1                                          -> A1 0.10 (10% of 1.00) taken back
         close   D2
         + void  D2
         seen    D2                                          -> void bets 0 stake 0.00 escrow 0.00
         posted  D2                                          -> nothing
         balance A1                                          -> 10.00
         balance A2                                          -> 10.00",
    );
}

/// A ticket of 64 bets.
fn long(account: &str) -> String {
    let bets = ["D1 straight 123 1.00"; 64].join(", ");
    format!("bet {account} {bets} -> accepted *\n")
}

#[test]
fn who_sold_is_said_by_the_tree_of_the_tick_that_seals_the_bet() {
    let tickets = long("A3").repeat(5);
    check(&format!(
        "ledger  sealed 256
         game    3d
         account A1
         account A2
         account A3 below A1
         account A4
         deposit A3 1000.00
         deposit A4 10.00
         share   A1 10%
         draw    D1 3d open until 9
         {tickets}
         #t bet  A4 D1 straight 123 1.00
         close   D1
         + share A2 20%
         + place A3 below A2
         // What is taken back before its turn has been sold all the same.
         + annul A4 #t
         + share A4 50%
         tick
         posted  D1                                          -> nothing
         tick
         posted  D1                                          -> A1 25.60 (10% of 256.00), A2 12.80 (20% of 64.00), A4 0.50 (50% of 1.00)"
    ));
}

#[test]
fn a_draw_has_more_lines_of_commission_than_a_page() {
    let mut asks = String::from("game 3d\naccount A1\nshare A1 1%\n");
    for account in 2..=7 {
        asks += &format!("account A{account} below A{}\nshare A{account} {account}%\n", account - 1);
    }
    asks += "draw D1 3d open until 9\n";
    for account in 8..=37 {
        asks += &format!("account A{account} below A7\ndeposit A{account} 10.00\nshare A{account} 8%\n");
        asks += &format!("bet A{account} D1 straight 123 1.00\n");
    }
    // 30 who sell, and 7 above each of them.
    check(&format!(
        "{asks}
         at 9
         tick
         tick
         posted D1                                           -> A8 0.08 (8% of 1.00), A7 0.07 (7% of 1.00 by A8), *
         wallet A1                                           -> 0.30
         wallet A7                                           -> 2.10 below A6
         audit                                               -> in 300.00 out 0.00 accounts 280.80 escrow 30.00 house 0.00 commission -10.80"
    ));
}
