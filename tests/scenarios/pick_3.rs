//! A second, different 3-digit table, without a change of code: pick 3 as US lotteries sell it, per dollar 500 for a
//! straight, 160 for a box of three orders, 80 for one of six; stakes from 0.50 to 5.00, in dollars.

use tests::table::check;

const PICK_3: &str = "game pick3 10^3 0.50..5.00 straight=500 box=3:160,6:80
                      account A1 840
                      deposit A1 20.00
                      draw D1 pick3 open until 9 currency 840 payout 2500.00\n";

#[test]
fn it_pays_by_its_own_table() {
    check(&format!(
        "{PICK_3}
         #t bet A1 D1 straight 112 1.00, D1 box 211 1.00, D1 box 123 1.00, D1 straight 211 0.50   -> accepted 16.50 room 3.68 11.50 30.25 4.18
         at 9
         settle D1 112
         tick
         ticket A1 #t                                        -> paid 500.00, paid 160.00, lost, lost
         balance A1                                          -> 676.50"
    ));
}

#[test]
fn it_refuses_by_its_own_table() {
    check(&format!(
        "{PICK_3}
         bet    A1 D1 straight 123 0.49                      -> StakeBelowMinimum 0.50
         bet    A1 D1 straight 123 5.01                      -> StakeAboveMaximum 5.00
         bet    A1 D1 box 777 1.00                           -> PlayNotAllowed
         bet    A1 D1 straight 123 5.00                      -> accepted 15.00 room 0.00
         bet    A1 D1 box 321 1.00                           -> PayoutLimitReached 0.00
         bet    A1 D1 box 322 1.00                           -> accepted 14.00 room 14.62"
    ));
}
