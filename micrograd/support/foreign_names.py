"""Foreign names: what users of PyTorch, Keras and scikit-learn write, and what to write here.

Rule: this is a table and nothing else. A name stands here only if no similar name would lead to the
answer, since a near one is suggested anyway.
"""

# fmt: off
ROOT = {                       # micrograd.NAME
    "tensor":          "Write Value(2.0), or [Value(x) for x in row].",
    "Tensor":          "Write Value(2.0), or [Value(x) for x in row].",
    "Variable":        "Write Value(2.0).",
    "Parameter":       "Write Value(2.0): a leaf among the attributes of a Module is a parameter.",
    "scalar":          "Write Value(2.0).",
    "optimizers":      "Write micrograd.optim.",
    "metrics":         'Write micrograd.losses.accuracy, or fit(..., metrics=["accuracy"]).',
    "layers":          "Write micrograd.nn.",
    "functional":      "Write micrograd.losses for losses, and micrograd.relu for functions.",
    "datasets":        "Write micrograd.data.",
    "lr_scheduler":    "Write micrograd.optim.lr_scheduler.",
    "Sequential":      "Write micrograd.nn.Sequential.",
    "Linear":          "Write micrograd.nn.Linear.",
    "Dense":           "Write micrograd.nn.Linear.",
    "MLPClassifier":   "Write from micrograd.sklearn import MLPClassifier.",
    "MLPRegressor":    "Write from micrograd.sklearn import MLPRegressor.",
    "sklearn":         "Write import micrograd.sklearn.",
    "SGD":             "Write micrograd.optim.SGD.",
    "Adam":            "Write micrograd.optim.Adam.",
    "softmax":         "Write micrograd.losses.softmax.",
    "log_softmax":     "Write micrograd.losses.log_softmax.",
    "logsumexp":       "Write micrograd.losses.logsumexp.",
    "cross_entropy":   "Write micrograd.losses.cross_entropy.",
    "inference_mode":  "Write micrograd.no_grad().",
    "set_grad_enabled": "Write micrograd.no_grad() or micrograd.enable_grad().",
    "autograd":        "Write micrograd.grad(f), or gradients(y, [x]) for Values.",
    "compile":         "Write micrograd.jit(f), or micrograd.compile_step(...).",
    "train":           "Write micrograd.fit(model, loss, X, y).",
    "backward":        "Write y.backward().",
    "value_and_gradient": "Write micrograd.value_and_grad(f).",
    "tan":             "Write sin(x) / cos(x).",
    "sinh":            "Write (exp(x) - exp(-x)) / 2.",
    "cosh":            "Write (exp(x) + exp(-x)) / 2.",
    "square":          "Write x**2.",
    "sum":             "Write Python's sum(values).",
    "mean":            "Write sum(values) / len(values).",
    "max":             "Write micrograd.maximum(x, y), or Python's max to choose by data.",
    "min":             "Write micrograd.minimum(x, y), or Python's min to choose by data.",
    "clamp":           "Write minimum(maximum(x, low), high).",
    "clip":            "Write minimum(maximum(x, low), high).",
    "matmul":          "Write sum(w * x for w, x in zip(ws, xs)), or nn.Linear.",
    "dot":             "Write sum(w * x for w, x in zip(ws, xs)).",
    "zeros":           "Write [Value(0.0) for _ in range(n)].",
    "ones":            "Write [Value(1.0) for _ in range(n)].",
    "randn":           "Write [Value(random.gauss(0.0, 1.0)) for _ in range(n)].",
    "stack":           "Write a list: [x, y].",
    "cat":             "Write xs + ys, with two lists.",
    "device":          "Leave it out: micrograd computes on the processor.",
    "cuda":            "Leave it out: micrograd computes on the processor.",
    "float64":         'Leave it out: a Value is a float64; compile_step takes dtype="float32".',
    "float32":         'Leave it out: a Value is a float64; compile_step takes dtype="float32".',
    "utils":           "Write micrograd.data.batches in place of a DataLoader.",
    "random":          "Write micrograd.manual_seed(seed), or Python's random.",
}
NN = {                         # micrograd.nn.NAME
    "functional":      "Write micrograd.losses for losses, and micrograd.relu for functions.",
    "utils":           "Write micrograd.optim.clip_grad_norm_ to clip grads.",
    "init":            'Write MLP(2, [16, 1], init="xavier"), or set the data of the parameters.',
    "Dense":           "Write nn.Linear(nin, nout).",
    "BatchNorm2d":     "Write nn.BatchNorm1d for lists of numbers, or nn.LayerNorm.",
    "BatchNormalization": "Write nn.BatchNorm1d(size).",
    "GroupNorm":       "Write nn.LayerNorm(size) or nn.RMSNorm(size).",
    "MultiheadAttention": "Write nn.CausalSelfAttention(size, heads).",
    "TransformerEncoderLayer": "Write nn.TransformerBlock(size, heads).",
    "LSTM":            "Write nn.GRU(nin, hidden), which has gates, too.",
    "AvgPool2d":       "Write nn.MaxPool2d(kernel).",
    "MaxPool1d":       "Write nn.MaxPool2d(kernel).",
    "Softmax2d":       "Write nn.Softmax().",
    "Tensor":          "Write micrograd.Value.",
    "Value":           "Write micrograd.Value.",
    "DataParallel":    "Write compile_step(loss, model, optimizer, threads=2).",
    "KLDivLoss":       "Write the sum of p * (log(p) - log(q)).",
    "ParameterList":   "Write a list of Values: lists among the attributes are searched.",
    "ParameterDict":   "Write a dict of Values: dicts among the attributes are searched.",
}
OPTIM = {                      # micrograd.optim.NAME
    "StepLR":          "Write optim.lr_scheduler.StepLR(optimizer, step_size).",
    "ExponentialLR":   "Write optim.lr_scheduler.ExponentialLR(optimizer, gamma).",
    "CosineAnnealingLR": "Write optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max).",
    "LinearLR":        "Write optim.lr_scheduler.LinearLR(optimizer).",
    "LambdaLR":        "Write optim.lr_scheduler.LambdaLR(optimizer, lr_lambda).",
    "ReduceLROnPlateau": "Write optim.lr_scheduler.ReduceLROnPlateau(optimizer).",
    "LBFGS":           "Write optim.Adam(model.parameters()).",
    "NAdam":           "Write optim.Adam(model.parameters()).",
    "Momentum":        "Write optim.SGD(model.parameters(), momentum=0.9).",
    "GradientDescent": "Write optim.SGD(model.parameters(), lr=0.1).",
}
LOSSES = {                     # micrograd.losses.NAME
    "mse":             "Write losses.mean_squared_error.",
    "mse_loss":        "Write losses.mean_squared_error.",
    "MSE":             "Write losses.mean_squared_error.",
    "MSELoss":         "Write losses.mean_squared_error, or nn.MSELoss().",
    "bce":             "Write losses.binary_cross_entropy, which takes scores.",
    "bce_with_logits": "Write losses.binary_cross_entropy.",
    "BCELoss":         "Write losses.binary_cross_entropy, which takes scores, or nn.BCELoss().",
    "BCEWithLogitsLoss": "Write losses.binary_cross_entropy, or nn.BCEWithLogitsLoss().",
    "CrossEntropyLoss": "Write losses.cross_entropy, or nn.CrossEntropyLoss().",
    "nll_loss":        "Write losses.cross_entropy, which takes scores, or nn.NLLLoss().",
    "svm":             "Write losses.hinge.",
    "max_margin":      "Write losses.hinge.",
    "mae":             "Write nn.L1Loss().",
    "l1_loss":         "Write nn.L1Loss().",
    "mean_absolute_error": "Write nn.L1Loss().",
    "huber":           "Write nn.HuberLoss().",
    "smooth_l1_loss":  "Write nn.SmoothL1Loss().",
    "weight_decay":    "Write losses.l2_penalty(model.parameters()).",
}
DATA = {                       # micrograd.data.NAME
    "make_moons":      "Write data.moons(n, noise=0.1, seed=0), whose labels are -1 and +1.",
    "make_circles":    "Write data.circles(n, noise=0.1, seed=0), whose labels are -1 and +1.",
    "make_blobs":      "Write data.blobs(n, centers=3, seed=0).",
    "make_regression": "Write data.sine(n, noise=0.1, seed=0).",
    "make_classification": "Write data.blobs(n, centers=3, seed=0).",
    "load_digits":     "Write data.digits().",
    "mnist":           "Write data.digits().",
    "MNIST":           "Write data.digits().",
    "load_iris":       "Write data.blobs(n, centers=3, seed=0), or train on a table of your own.",
    "train_test_split": "Write train, held_out = data.split(X, y, validation=0.2, seed=0).",
    "random_split":    "Write train, held_out = data.split(X, y, validation=0.2, seed=0).",
    "DataLoader":      "Write for X, y in data.batches(X, y, size=32).",
    "TensorDataset":   "Write data.batches(X, y, size=32), which takes the lists themselves.",
    "Dataset":         "Write data.batches(X, y, size=32), which takes the lists themselves.",
    "names":           "Write data.first_names().",
}
VALUE = {                      # Value(2.0).NAME
    "numpy":           "A Value is one number: write v.data or float(v).",
    "tolist":          "A Value is one number: write v.data or float(v).",
    "value":           "Write v.data.",
    "val":             "Write v.data.",
    "gradient":        "Write v.grad.",
    "clone":           "Write +v for the Value itself, v.detach() for a leaf, or copy.deepcopy(v).",
    "requires_grad_":  "Leave it out: every Value has a grad.",
    "grad_fn":         "Write v.op and v.inputs.",
    "is_leaf":         "Write not v.inputs.",
    "children":        "Write v.inputs.",
    "prev":            "Write v.inputs.",
    "parents":         "Write v.inputs.",
    "sum":             "A Value is one number: write sum(values) for a list of them.",
    "mean":            "A Value is one number: write sum(values) / len(values) for a list of them.",
    "max":             "Write v.maximum(other).",
    "min":             "Write v.minimum(other).",
    "clamp":           "Write v.maximum(low).minimum(high).",
    "clip":            "Write v.maximum(low).minimum(high).",
    "pow":             "Write v**2.",
    "softmax":         "Write losses.softmax(values) for a list of them.",
    "view":            "A Value is one number, and so has no shape to change.",
    "to":              "Leave it out: a Value lives in Python.",
    "cpu":             "Leave it out: a Value lives in Python.",
    "cuda":            "Leave it out: a Value lives in Python.",
    "forward":         "Write the expression again: a Value is computed when it is made.",
    "draw":            "Write draw(v).",
    "explain":         "Write explain(v).",
}
MODULE = {                     # model.NAME
    "forward":         "Define forward(self, x), or __call__(self, x), in the class of the module.",
    "fit":             'Write fit(model, "hinge", X, y, epochs=10).',
    "compile":         'Write fit(model, "hinge", X, y, optimizer=optim.Adam, epochs=10, '
                       'validation=0.2, metrics=["accuracy"], progress=False), which compiles.',
    "predict":         "Write [model(x) for x in X], or vmap(model)(X), which is compiled.",
    "predict_proba":   "Write [losses.softmax(model(x)) for x in X].",
    "score":           "Write losses.accuracy([model(x) for x in X], y).",
    "evaluate":        "Write losses.accuracy([model(x) for x in X], y).",
    "summary":         "Write summary(model).",
    "save":            'Write save(model, "model.safetensors").',
    "save_weights":    'Write save(model, "model.safetensors").',
    "load":            'Write model = load("model.safetensors").',
    "load_weights":    'Write model = load("model.safetensors").',
    "to":              "Leave it out: micrograd computes on the processor.",
    "cpu":             "Leave it out: a module lives in Python.",
    "cuda":            "Leave it out: micrograd computes on the processor.",
    "half":            'Leave it out: a Value is a float64; compile_step takes dtype="float32".',
    "double":          "Leave it out: a Value is a float64.",
    "num_parameters":  "Write len(model.parameters()).",
    "count_params":    "Write len(model.parameters()).",
    "weights":         "Write model.parameters(), or model.state_dict().",
    "get_weights":     "Write model.state_dict().",
    "set_weights":     "Write model.load_state_dict(state).",
    "trainable_variables": "Write model.parameters().",
    "backward":        "Write loss.backward(), with the loss of the model's output.",
    "step":            "Write optimizer.step().",
    "add_module":      "Set an attribute: model.name = module.",
    "register_buffer": "Set an attribute that is not a Value: model.name = 0.0.",
    "register_parameter": "Set an attribute: model.name = Value(0.0).",
    "named_modules":   "Write model.named_parameters(), or summary(model).",
    "requires_grad_":  "Leave it out, and give the optimizer only the parameters to train.",
    "freeze":          "Leave it out, and give the optimizer only the parameters to train.",
    "apply":           "Write a loop: for p in model.parameters().",
}
OPTIMIZER = {                  # optimizer.NAME
    "minimize":        "Write loss.backward(), then optimizer.step().",
    "apply_gradients": "Write loss.backward(), then optimizer.step().",
    "zero_gradients":  "Write optimizer.zero_grad().",
    "add_param_group": "Give the optimizer all groups when it is made.",
    "learning_rate":   "Write optimizer.lr.",
    "backward":        "Write loss.backward().",
    "params":          "Write optimizer.parameters.",
    "defaults":        "Write optimizer.param_groups.",
}
OPTIMIZER_KEYWORDS = {         # Adam(parameters, NAME=...)
    "learning_rate":   "Write lr.",
    "params":          "Pass the parameters first: Adam(model.parameters(), lr=0.01).",
    "beta1":           "Write betas=(0.9, 0.999).",
    "beta_1":          "Write betas=(0.9, 0.999).",
    "epsilon":         "Write eps.",
    "decay":           "Write weight_decay, or pass a schedule as lr.",
    "amsgrad":         "Leave it out: Adam here is that of the paper.",
    "dampening":       "Leave it out: momentum here is not damped.",
    "maximize":        "Leave it out, and call backward() of the negative.",
    "foreach":         "Leave it out: compile_step updates all parameters at once.",
    "fused":           "Leave it out: compile_step updates all parameters at once.",
    "centered":        "Leave it out: RMSprop here is not centred.",
}
DATA_KEYWORDS = {              # data.moons(n, NAME=...)
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
LAYER_KEYWORDS = {             # nn.Linear(NAME=...)
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
TRAINING_KEYWORDS = {          # of fit and compile_step; several names may share a sentence
    "clip_grad clip_grad_norm clip_norm clipnorm max_grad_norm max_norm grad_clip "
    "gradient_clip gradient_clip_val":
        "It is called clip. Write clip={1.0}.",
    "device gpu gpus":
        "Leave it out: it computes on the processor, as compiled code.",
    "precision mixed_precision":
        'The precision is called dtype. Write dtype="float32".',
}
COMPILE_STEP_KEYWORDS = {      # compile_step(..., NAME=...); braces hold an example
    **TRAINING_KEYWORDS,
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
        "These are said when steps are taken. Write step.run(X, y, steps=100, batch_size=32, "
        "seed=0).",
    "n_jobs workers num_workers num_threads":
        "It is called threads. Write threads={2}.",
}
FIT_KEYWORDS = {               # fit(..., NAME=...)
    **TRAINING_KEYWORDS,
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
