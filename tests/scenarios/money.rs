//! Accounts, deposits, withdrawals.

use tests::table::check;

#[test]
fn money_comes_in_and_goes_out() {
    check(
        "deposit  A1 10.00                                   -> AccountUnknown
         withdraw A1 10.00                                   -> AccountUnknown
         balance  A1                                         -> AccountUnknown
         account  A1                                         -> done
         account  A1                                         -> AccountExists
         account  A1 840                                     -> AccountExists
         deposit  A1 10.00                                   -> done 10.00
         withdraw A1 10.01                                   -> FundsShort 10.00
         withdraw A1 4.00                                    -> done 6.00
         audit                                               -> in 10.00 out 4.00 accounts 6.00 escrow 0.00 house 0.00",
    );
}

#[test]
fn a_stake_and_a_withdrawal_race_for_the_same_money() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         withdraw A1 10.00                                   -> done 0.00
         + bet   A1 D1 straight 123 1.00                     -> FundsShort 0.00
         deposit A1 10.00
         bet     A1 D1 straight 123 10.00                    -> accepted 0.00 room wide
         + withdraw A1 0.01                                  -> FundsShort 0.00",
    );
}

#[test]
fn a_draw_is_held_in_one_currency() {
    check(
        "game    3d
         account A1 840
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9 currency 840
         bet     A1 D1 straight 123 1.00                     -> CurrencyMismatch 608
         bet     A1 D2 straight 123 1.00, D1 straight 123 1.00          -> CurrencyMismatch 608 of bet 1
         bet     A1 D2 straight 123 1.00                     -> accepted 9.00 room wide
         audit                                               -> in 0.00 out 0.00 accounts 0.00 escrow 0.00 house 0.00",
    );
}

#[test]
fn a_balance_has_a_highest() {
    let deposits = "deposit A1 10000000000.00\n".repeat(999);
    check(&format!(
        "account A1
         {deposits}
         deposit A1 9999999999.99                            -> done 9999999999999.99
         deposit A1 0.02                                     -> BalanceTooLarge 0.01
         deposit A1 0.01                                     -> done 10000000000000.00
         deposit A1 0.01                                     -> BalanceTooLarge 0.00"
    ));
}

#[test]
fn a_payout_may_pass_the_highest_balance_and_then_nothing_more_can_be_added() {
    let deposits = "deposit A1 10000000000.00\n".repeat(1000);
    check(&format!(
        "game    3d
         account A1
         {deposits}
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00                     -> accepted 9999999999999.00 room wide
         at 9
         settle  D1 123
         tick
         balance A1                                          -> 10000000000449.00
         deposit A1 0.01                                     -> BalanceTooLarge 0.00"
    ));
}
