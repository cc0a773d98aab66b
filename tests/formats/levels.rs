//! Tables whose columns have several levels, in every way of pandas.

use crate::drop::check;
use expect_test::expect;

#[test]
fn the_name_of_an_index_below_columns_of_two_levels_is_no_run() {
    check(
        &[
            (
                "named.csv",
                ",params,params,metrics\n,lr,optimizer,val_loss\nrun_id,,,\nr00,0.5,sgd,0.625\nr01,0.25,adam,0.375\n",
            ),
            (
                "reset.csv",
                ",run_id,params,params,metrics\n,,lr,optimizer,val_loss\n0,r10,0.5,sgd,0.625\n1,r11,0.25,adam,0.375\n",
            ),
            (
                "grouped.csv",
                ",,val_loss,val_loss,val_acc\n,,mean,std,mean\noptimizer,batch_size,,,\nadam,32,0.125,0.5,0.375\nsgd,64,0.25,0.5,0.625\n",
            ),
        ],
        &expect![[r#"
            named.csv as delimited
            reset.csv as delimited
            grouped.csv as delimited
            lr=0.5, optimizer='sgd', metric val_loss=0.625, @id=r00
            lr=0.25, optimizer='adam', metric val_loss=0.375, @id=r01
            lr=0.5, optimizer='sgd', metric val_loss=0.625, @id=r10
            lr=0.25, optimizer='adam', metric val_loss=0.375, @id=r11
            optimizer='adam', batch_size=32, metric val_loss.mean=0.125, metric val_loss.std=0.5, metric val_acc.mean=0.375
            optimizer='sgd', batch_size=64, metric val_loss.mean=0.25, metric val_loss.std=0.5, metric val_acc.mean=0.625
        "#]],
    );
}

#[test]
fn columns_of_two_levels_have_the_same_names_in_json() {
    check(
        &[
            (
                "columns.json",
                r#"{"('params', 'lr')":{"r00":0.5,"r01":0.25},"('metrics', 'val_loss')":{"r00":0.625,"r01":0.375}}"#,
            ),
            (
                "split.json",
                r#"{"columns":[["params","lr"],["metrics","val_loss"]],"index":["r10","r11"],"data":[[0.5,0.625],[0.25,0.375]]}"#,
            ),
            (
                "records.json",
                r#"[{"('params', 'lr')":0.5,"('metrics', 'val_loss')":0.625},{"('params', 'lr')":0.25,"('metrics', 'val_loss')":0.375}]"#,
            ),
            (
                "optuna.json",
                r#"{"('number', '')":{"0":0,"1":1},"('value', '')":{"0":7.5,"1":1.25},"('datetime_start', '')":{"0":1796132681519,"1":1796132681741},"('params', 'lr')":{"0":0.5,"1":0.25},"('user_attrs', 'note')":{"0":{"a":1},"1":null},"('state', '')":{"0":"COMPLETE","1":"PRUNED"}}"#,
            ),
        ],
        &expect![[r#"
            columns.json as json
            split.json as json
            records.json as json
            optuna.json as json
            lr=0.5, metric val_loss=0.625, @id=r00
            lr=0.25, metric val_loss=0.375, @id=r01
            lr=0.5, metric val_loss=0.625, @id=r10
            lr=0.25, metric val_loss=0.375, @id=r11
            lr=0.5, metric val_loss=0.625
            lr=0.25, metric val_loss=0.375
            lr=0.5, metric value=7.5, tag note.a=1, @id=0, @start=2026-12-01T13:44:41.519Z, @status=finished
            lr=0.25, metric value=1.25, @id=1, @start=2026-12-01T13:44:41.741Z, @status=pruned
        "#]],
    );
}
