"""Foreign keywords: what users of PyTorch, Keras and scikit-learn pass, and what to pass here.

Rule: this is a table and nothing else. Several keywords may share a sentence, and braces in it hold
an example, which gives way to the number that the caller has passed.
"""

# fmt: off
OPTIMIZER = {         # Adam(parameters, NAME=...)
    "learning_rate":   "Write lr.",
    "params":          "Pass the parameters first: Adam(model.parameters(), lr=0.01).",
    "beta1":           "Write betas=(0.9, 0.999).",
    "beta_1":          "Write betas=(0.9, 0.999).",
    "epsilon":         "Write eps.",
    "decay":           "Write weight_decay, or pass a schedule as lr.",
    "amsgrad":         "Leave it out: Adam here is that of the paper.",
    "dampening":       "Leave it out: momentum here is not damped.",
    "maximize":        "Leave it out, and make the loss negative: (-loss).backward().",
    "foreach":         "Leave it out: compile_step updates all parameters at once.",
    "fused":           "Leave it out: compile_step updates all parameters at once.",
    "centered":        "Leave it out: RMSprop here is not centred.",
}
DATA = {              # data.moons(n, NAME=...)
    "n_samples":       "Write n.",
    "random_state":    "Write seed.",
    "factor":          "Write inner, the radius of the inner circle.",
    "n_features":      "Leave it out: the points have two coordinates.",
    "cluster_std":     "Write noise.",
    "shuffle":         "Leave it out: the examples are in random order.",
    "test_size":       "Write validation.",
    "train_size":      "Write validation, the fraction that is held out.",
    "stratify":        "Leave it out: the examples are drawn at random.",
    "batch_size":      "Write size.",
    "drop_last":       "Leave it out: the last minibatch may be shorter.",
}
LOSS = {              # nn.CrossEntropyLoss(NAME=...)
    "weight pos_weight class_weight sample_weight":
        "Write reduction='none', and weigh the list of losses that a call returns: "
        "sum(w * e for w, e in zip(weights, losses)) / sum(weights).",
    "ignore_index":    "Leave it out, and pass the examples that have a class.",
    "label_smoothing": "Leave it out: a target is one class here.",
    "size_average reduce": "Write reduction='mean', 'sum' or 'none'.",
    "from_logits":     "Leave it out: BCEWithLogitsLoss and CrossEntropyLoss take scores.",
    "log_target full": "Leave it out: the loss is computed as PyTorch does by default.",
    "p":               "Leave it out: L1Loss and MSELoss are two losses.",
}
LAYER = {             # nn.Linear(NAME=...)
    "in_features":     "Write nin.",
    "out_features":    "Write nout.",
    "in_channels":     "Write nin.",
    "out_channels":    "Write nout.",
    "input_size":      "Write nin.",
    "hidden_size":     "Write hidden.",
    "kernel_size":     "Write kernel.",
    "num_embeddings":  "Write count.",
    "embedding_dim":   "Write size.",
    "normalized_shape": "Write size.",
    "num_features":    "Write size.",
    "embed_dim":       "Write size.",
    "num_heads":       "Write heads.",
    "elementwise_affine": "Write weights.",
    "inplace":         "Leave it out: a Value is never changed in place.",
    "device":          "Leave it out: a module lives in Python.",
    "dtype":           "Leave it out: a Value is a float64.",
    "units":           "Write nin and nout: nn.Linear(2, 16).",
    "activation":      "Put the activation behind the layer: nn.Sequential(layer, nn.ReLU()).",
    "dilation":        "Leave it out: the kernel covers numbers that are neighbours.",
    "groups":          "Leave it out: each output sees all channels.",
    "batch_first":     "Leave it out: a module takes one example.",
    "num_layers":      "Write two modules, one behind the other.",
}
NETWORK = {           # MLP(NAME=...) and Neuron(NAME=...)
    **LAYER,
    "hidden_layer_sizes hidden_sizes hidden layers sizes units dims":
        "Write the sizes of all layers after nin: MLP(2, [16, 16, 1]).",
    "final_activation last_activation": "Write output_activation.",
    "bias":            "Leave it out: a neuron has a bias. nn.Linear(2, 16, bias=False) has none.",
}
VMAP = {              # vmap(f, NAME=...)
    "in_axes in_dims": "Leave it out: numbers, Values and models are shared. For others, "
                       "write vmap(lambda x: f(w, x)).",
    "out_axes out_dims": "Leave it out: the examples are the first axis.",
    "static_argnums":  "Leave it out: texts, bools and models are constants.",
}
TRAINING = {          # of fit and compile_step; several names may share a sentence
    "clip_grad clip_grad_norm clip_norm clipnorm max_grad_norm max_norm grad_clip "
    "gradient_clip gradient_clip_val":
        "It is called clip. Write clip={1.0}.",
    "device gpu gpus":
        "Leave it out: it computes on the processor, as compiled code.",
    "precision mixed_precision":
        'The precision is called dtype. Write dtype="float32".',
}
COMPILE_STEP = {      # compile_step(..., NAME=...); braces hold an example
    **TRAINING,
    "lr learning_rate momentum betas eps weight_decay lr_schedule opt optim":
        "It belongs to the optimizer. Write optimizer=optim.Adam(model.parameters(), "
        "lr=0.01).",
    "criterion loss_fn loss_func loss_function objective":
        'The loss is the first argument. Write compile_step("hinge", model, optimizer), or a '
        'function in its place.',
    "X y data":
        "A step is given the data when it is taken. Write step = compile_step(...), then "
        "step(X, y).",
    "steps epochs batch_size seed shuffle":
        "It belongs to the call that takes the steps. Write step.run(X, y, steps=100, "
        "batch_size=32, seed=0).",
    "n_jobs workers num_workers num_threads":
        "It is called threads. Write threads={2}.",
}
FIT = {               # fit(..., NAME=...)
    **TRAINING,
    "lr learning_rate learning_rate_init eta eta0 step_size":
        "It belongs to the optimizer. Write optimizer=lambda parameters: "
        "optim.Adam(parameters, lr={0.01}).",
    "momentum nesterov nesterovs_momentum":
        "It belongs to the optimizer. Write optimizer=lambda parameters: "
        "optim.SGD(parameters, lr=0.1, momentum=0.9).",
    "betas beta_1 beta_2 eps epsilon":
        "It belongs to the optimizer. Write optimizer=lambda parameters: "
        "optim.Adam(parameters, betas=(0.9, 0.999), eps=1e-8).",
    "opt optim solver":
        "It is called optimizer. Write optimizer=optim.Adam.",
    "scheduler lr_scheduler schedule learning_rate_schedule":
        "It is called lr_schedule, a function of the number of the step. Write "
        "lr_schedule=optim.cosine_decay(0.1, 0.001, 1000).",
    "criterion loss_fn loss_func loss_function objective":
        'The loss is the second argument. Write fit(model, "hinge", X, y), or a function in '
        'its place.',
    "alpha l2 l2_penalty regularization weight_penalty reg":
        "Large parameters are penalised by weight_decay, or by a function penalty(model). "
        "Write weight_decay={0.0001}.",
    "x inputs features data train_data training_data X_train x_train dataset":
        "The rows are called X. Write fit(model, loss, X, y).",
    "Y target targets labels y_train outputs":
        "The targets are called y. Write fit(model, loss, X, y).",
    "validation_split validation_fraction validation_size val_split val_size test_size":
        "A share of the data is given as validation. Write validation={0.2}.",
    "validation_data val_data eval_set valid test_data X_val y_val":
        "Examples to validate on are given as validation. Write validation=(X_val, y_val).",
    "early_stopping early_stopping_rounds n_iter_no_change":
        "A run stops early if it has patience, which counts validations. Write "
        "validation=0.2, patience=10.",
    "restore_best_weights":
        "A run that stops by its patience has the best parameters. Write validation=0.2, "
        "patience=10.",
    "min_delta":
        "The smallest improvement that counts is called tol. Write tol={0.0001}.",
    "validation_freq validation_frequency eval_every":
        "The number of steps between two validations is validate_every. Write "
        "validate_every={100}.",
    "verbose show_progress progress_bar silent quiet disable_tqdm verbosity":
        "The only thing that it prints is a progress bar. Write progress=False, to leave it "
        "out.",
    "random_state random_seed rng generator manual_seed":
        "All that is random follows from seed. Write seed={0}.",
    "max_iter n_iter num_epochs n_epochs nb_epoch max_epochs epoch num_train_epochs":
        "Rounds through the data are counted in epochs. Write epochs={10}.",
    "num_steps n_steps max_steps steps_per_epoch num_iterations":
        "The steps of the whole run are counted in steps. Write steps={1000}.",
    "bs batch minibatch_size mini_batch_size":
        "It is called batch_size. Write batch_size={32}.",
    "callback hooks on_epoch_end":
        "Functions of the History are given as callbacks. Write callbacks=[lambda history: "
        "print(history.losses[-1])].",
    "metric scoring":
        'They are called metrics. Write metrics=["accuracy"], validation=0.2.',
    "sample_weight class_weight":
        "The loss is your function, which can weigh examples. Write lambda model, x, y: y[1] "
        "* losses.hinge(model(x), y[0]), with the weights in y.",
    "compile jit run_eagerly":
        'The engine is "jit" or "eager". Write engine="eager".',
    "n_jobs workers num_workers threads":
        "It uses one thread, and compile_step uses several. Write compile_step(loss, model, "
        "optimizer, threads=2).",
    "checkpoint_path checkpoint_dir ckpt_path save_path filepath resume_from "
    "resume_from_checkpoint":
        'The file is called checkpoint. Write checkpoint={"run.safetensors"}.',
    "warm_start initial_epoch":
        "A run always starts with the parameters that the model has. Write fit(model, loss, "
        "X, y, epochs=10) again, to train on.",
}
# fmt: on
