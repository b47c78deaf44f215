"""The words that Keras, scikit-learn and PyTorch have for arguments of `fit` and `compile_step`.

Rule: each row says why there is no such argument here, and what to write instead.
"""

from micrograd.support.keywords import Word

FIT = "fit(model, loss, X, y, epochs=10), where the loss is a name such as 'hinge' or a function"
COMPILE_STEP = "compile_step(loss, model, optimizer)"

OF_OPTIMIZER = "it belongs to the optimizer"

# fmt: off
WORDS_OF_BOTH = (
    Word("clip_grad clip_grad_norm clip_norm clipnorm max_grad_norm max_norm grad_clip "
         "gradient_clip gradient_clip_val", "it is called clip", "clip={}", "1.0"),
    Word("device gpu gpus", "it computes on the processor, as compiled code",
         'engine="jit", or leave it out'),
    Word("precision mixed_precision", "the precision is called dtype", 'dtype="float32"'),
)
WORDS_OF_STEP = (
    *WORDS_OF_BOTH,
    Word("lr learning_rate momentum betas eps weight_decay lr_schedule opt optim", OF_OPTIMIZER,
         "optimizer=optim.Adam(model.parameters(), lr=0.01)"),
    Word("criterion loss_fn loss_func loss_function objective", "the loss is the first argument",
         'compile_step("hinge", model, optimizer), or a function in its place'),
    Word("X y data", "a step is given the data when it is taken",
         "step = compile_step(...), then step(X, y)"),
    Word("steps epochs batch_size seed shuffle", "these are said when steps are taken",
         "step.run(X, y, steps=100, batch_size=32, seed=0)"),
    Word("n_jobs workers num_workers num_threads", "it is called threads", "threads={}", "2"),
)
WORDS_OF_FIT = (
    *WORDS_OF_BOTH,
    Word("lr learning_rate learning_rate_init eta eta0 step_size", OF_OPTIMIZER,
         "optimizer=lambda parameters: optim.Adam(parameters, lr={})", "0.01"),
    Word("momentum nesterov nesterovs_momentum", OF_OPTIMIZER,
         "optimizer=lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9)"),
    Word("betas beta_1 beta_2 eps epsilon", OF_OPTIMIZER,
         "optimizer=lambda parameters: optim.Adam(parameters, betas=(0.9, 0.999), eps=1e-8)"),
    Word("opt optim solver", "it is called optimizer", "optimizer=optim.Adam"),
    Word("scheduler lr_scheduler schedule learning_rate_schedule",
         "it is called lr_schedule, a function of the number of the step",
         "lr_schedule=optim.cosine_decay(0.1, 0.001, 1000)"),
    Word("criterion loss_fn loss_func loss_function objective", "the loss is the second argument",
         'fit(model, "hinge", X, y), or a function in its place'),
    Word("alpha l2 l2_penalty regularization weight_penalty reg",
         "large parameters are penalised by weight_decay, or by a function penalty(model)",
         "weight_decay={}", "0.0001"),
    Word("x inputs features data train_data training_data X_train x_train dataset",
         "the rows are called X", "fit(model, loss, X, y)"),
    Word("Y target targets labels y_train outputs", "the targets are called y",
         "fit(model, loss, X, y)"),
    Word("validation_split validation_fraction validation_size val_split val_size test_size",
         "a share of the data is given as validation", "validation={}", "0.2"),
    Word("validation_data val_data eval_set valid test_data X_val y_val",
         "examples to validate on are given as validation", "validation=(X_val, y_val)"),
    Word("early_stopping early_stopping_rounds n_iter_no_change",
         "a run stops early if it has patience, which counts validations",
         "validation=0.2, patience=10"),
    Word("restore_best_weights", "a run that stops by its patience has the best parameters",
         "validation=0.2, patience=10"),
    Word("min_delta", "the smallest improvement that counts is called tol", "tol={}", "0.0001"),
    Word("validation_freq validation_frequency eval_every",
         "the number of steps between two validations is validate_every",
         "validate_every={}", "100"),
    Word("verbose show_progress progress_bar silent quiet disable_tqdm verbosity",
         "the only thing that it prints is a progress bar", "progress=False, to leave it out"),
    Word("random_state random_seed rng generator manual_seed",
         "all that is random follows from seed", "seed={}", "0"),
    Word("max_iter n_iter num_epochs n_epochs nb_epoch max_epochs epoch num_train_epochs",
         "rounds through the data are counted in epochs", "epochs={}", "10"),
    Word("num_steps n_steps max_steps steps_per_epoch num_iterations",
         "the steps of the whole run are counted in steps", "steps={}", "1000"),
    Word("bs batch minibatch_size mini_batch_size", "it is called batch_size",
         "batch_size={}", "32"),
    Word("callback hooks on_epoch_end", "functions of the History are given as callbacks",
         "callbacks=[lambda history: print(history.losses[-1])]"),
    Word("metric scoring", "they are called metrics", 'metrics=["accuracy"], validation=0.2'),
    Word("sample_weight class_weight",
         "the loss is your function, which can weigh examples",
         "lambda model, x, y: y[1] * losses.hinge(model(x), y[0]), with the weights in y"),
    Word("compile jit run_eagerly", 'the engine is "jit" or "eager"', 'engine="eager"'),
    Word("n_jobs workers num_workers threads", "it uses one thread, and compile_step uses several",
         "compile_step(loss, model, optimizer, threads=2)"),
    Word("checkpoint_path checkpoint_dir ckpt_path save_path filepath resume_from "
         "resume_from_checkpoint", "the file is called checkpoint",
         "checkpoint={}", '"run.safetensors"'),
    Word("warm_start initial_epoch", "a run always starts with the parameters that the model has",
         "fit(model, loss, X, y, epochs=10) again, to train on"),
)
# fmt: on
